// Package nethttp is the driver over Go's net/http: HTTP/1.1 and HTTP/2, plain or TLS, directly or through a proxy.
//
//	d := nethttp.Driver{Options: driver.Options{Target: "https://127.0.0.1:8443", HTTP2: true, TLS: config}}
//	loop, err := d.Open()
//
// net/http wants a goroutine for each request in flight, and a Loop has one owner. Submit hands the request to a worker
// goroutine that has nothing to do, or starts one more; the worker sends, reads the answer to its last byte and puts the
// outcome where Wait finds it. Workers stay until Close, so their number is the most that ever was in flight.
//
//	Submit -> worker -> link (a connection of its own, or shared on HTTP/2) -> outcome -> Wait
//
// Each worker has a connection of its own over HTTP/1.1. Over HTTP/2 the workers of a loop share one, and a further one
// when the server allows no more streams. Where the server does not choose HTTP/2 in the TLS handshake (ALPN), HTTP/1.1
// is spoken; without TLS, HTTP/2 is spoken by prior knowledge (h2c).
//
// # What the instants mean here
//
// Ready is read by the worker when it begins, so the hand-over counts as the generator's lateness. Sent is read inside
// the connection's Write, for the write that carries the first byte of this request: connecting and waiting for a
// connection come before it. Over HTTP/2, where one write may carry many requests, it is read when the request's headers
// are about to be encoded for the wire, under the lock of the connection. Done is read after the last byte of the body.
// With redirects followed, Sent is of the first request and Done of the last answer.
//
// # What the bytes mean here
//
// Over HTTP/1.1 they are what passed the TCP connection from the first write to the last byte of the answer: under TLS
// the records and not their content, without the handshake of the connection, with the session tickets that the server
// may send after it. Over HTTP/2 they are the payloads alone, since frames and compressed heads are the connection's.
//
// # Sending once
//
// A kept connection that the server closed meanwhile is replaced, and the request sent, only if none of it was written.
// After that it has failed (reset), for a service that is drilled must not be asked twice behind the back of the plan.
// That is why links are http.ClientConns: the pool of an http.Transport resends, and dials for whoever comes first.
//
// # Names, addresses and deadlines
//
// Each address is asked of Options.Allow before it is connected to; a name of which one address is refused is refused.
// Connections take the addresses of a name in turn. A proxy looks names up by itself: the target's name is looked up here,
// too, and its addresses asked about, but what the proxy makes of it cannot be seen from here.
//
// A lookup or a connection that fails is an outcome of kind dial. One that is slow makes the request wait, seen in queued;
// when the request's deadline passes meanwhile its kind is timeout, its Sent is zero and its error says what it waited for.
//
// Compression is not asked for, proxies of the environment are not used, cookies are the journey's.
package nethttp
