// Package gateway puts sut/admission to work before a real service: as
// middleware in its process, or as a reverse proxy in a process of its own.
//
//	gw, err := gateway.Start(ctx, gateway.Config{Upstream: u, Deadline: 3 * time.Second})
//	fmt.Println(gw.URL(), gw.AdminURL())
//	defer gw.Close(ctx)
//
// The configuration holds nothing about what the service can do; the law finds
// that out from its answers.
//
// # What a client sees
//
// A request that is let in is passed on, and its answer carries
//
//	Guard-Decision: admitted
//
// One that is not is answered at once, on a connection that stays open, with
// status 503, a problem of RFC 9457 as body, and
//
//	Retry-After: 17
//	Guard-Decision: shed;reason=queue_full;class=P2
//
// Retry-After grows with the backlog and differs from client to client. A client
// that needs its answer sooner than the guard's deadline says so:
//
//	X-Request-Timeout-Ms: 800
//
// A service that cannot be reached is a 502, one that does not answer within a
// minute a 504, both without Retry-After: broken is not the same as shed.
// /livez, /readyz and /metrics pass to the service whatever the load.
//
// # What an operator sees
//
// On a listener of its own: /livez, /readyz (not ready while draining, and never
// because of load), /metrics (peakday_guard_*) and /debug/guard, the
// state as JSON, counts in requests and times in seconds:
//
//	{"law": "vegas", "limit": 24, "in_flight": 20, "queued": {"P0": 0, "P1": 0, "P2": 3, "P3": 0}, "queue_bound": 10,
//	 "baseline": 0.8, "latency": 0.83, "service": 0.81, "rate_at_limit": 29.6}
//
// baseline is the latency that the law takes for pure service, latency the mean
// of its last window, service the smoothed latency of the backend and
// rate_at_limit the completions a second when the limit is full.
//
// # The proxy
//
// What a request passes, from the outside in, and the file of each:
//
//	net.Conn      listener.go   limits of connections; clients that do not take their answers
//	net.Conn      fastpath.go   refusals before net/http has read the request (head.go)
//	http.Request  gateway.go    drain; body.go: size and speed of the body
//	http.Request  upgrade.go    limit of upgraded connections
//	http.Request  guard.go      the decision
//	http.Request  proxy.go      to the service; forwarded.go: who it came from
//
// Bodies stream both ways, with trailers; events and upgraded connections pass,
// and hold no place (upgrade.go says why). Of X-Forwarded-For only what trusted
// hops wrote is believed and passed on. A request that has reached the service is
// not sent again, unless it may be by its method and met a connection that the
// service had just closed. Close drains: /readyz says so first.
//
// A refusal costs the guard's process 7 µs of processor time at full load and
// is 463 bytes long; read by net/http it is 17 µs (November 2026, 2 cores, 64
// connections: go test -bench InAProcessOfItsOwn). Below capacity the guard
// takes 1.2 times the processor time of a bare httputil.ReverseProxy.
//
// # Why one lock
//
// The guard of sut/admission is serial, and a mutex around it holds it for tens
// of nanoseconds: 46 to refuse, 65 to admit and complete. At 5,000 refused a
// second, net/http, the runtime and the kernel took 94 % of the proxy's time (2
// cores, Go 1.26, November 2026), so lock-free counters would buy nothing. A
// service that refuses more than some 100,000 a second would change our mind.
//
// # What it leaves out
//
//   - HTTP/2 without TLS, and HTTP/2 to the service.
//   - With a length and chunks in one request, net/http lets the chunks count and
//     goes on with the connection, where RFC 9112 wants it closed. What is passed
//     on has one meaning; a balancer before the guard that lets the length count
//     would be at fault, and at risk.
//   - Refusals before parsing under TLS: net/http wants to see that connection
//     itself. A balancer that ends TLS before the guard gets them.
//   - A client that leaves gives its place back at once, and the proxy hangs up on
//     the service. One that works on regardless has then more to do than the guard
//     knows of; it shows in the latencies of the next requests.
//   - net/http notices that a client has left only once its body is read. One that
//     leaves while waiting with a body unread keeps its turn, at most to its deadline.
//   - A client that sends its body slowly keeps its place while it does.
package gateway
