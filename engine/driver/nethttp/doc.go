// Package nethttp is the driver over Go's net/http: HTTP/1.1 with keep-alive, plain or TLS.
//
//	loop, err := nethttp.Driver{Options: driver.Options{Target: "http://127.0.0.1:8080"}}.Open()
//
// net/http wants a goroutine for each request in flight, and a Loop has one owner. Submit hands the request to a worker
// goroutine that has nothing to do, or starts one more; the worker sends, reads the answer to its last byte and puts the
// outcome where Wait finds it. Workers stay until Close, so their number is the most that ever was in flight.
//
// # What the instants mean here
//
// Ready is read by the worker when it begins, so the hand-over counts as the generator's lateness. Sent is read inside
// the connection's Write, for the write that carries the first byte of this request: connecting and waiting for a
// connection come before it. Done is read after the last byte of the body.
//
// # Resending
//
// net/http sends some requests a second time when a kept connection turns out to be closed. Here it may do so only while
// nothing was written; after that the request has failed (reset), for a service that is drilled must not be asked twice
// behind the back of the plan.
//
// Redirects are not followed, compression is not asked for, proxies of the environment are not used, HTTP/2 is off.
package nethttp
