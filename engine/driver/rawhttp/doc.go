// Package rawhttp is the driver that costs least: HTTP/1.1 without TLS on an event loop of its own.
//
//	loop, err := rawhttp.Driver{Options: driver.Options{Target: "http://127.0.0.1:8080"}}.Open()
//
// A request goes through these steps, on one thread, with no other goroutine and no allocation:
//
//  1. encoder writes its bytes; those of requests that are Alike are written once and kept.
//  2. loop.Submit takes the idle connection that was used last and hands them to the kernel at once. Where none is idle
//     it opens one, without waiting for the handshake.
//  3. loop.Wait waits for the sockets in epoll, to the nanosecond, and reads what came.
//  4. answer takes in the bytes, however they are cut, and says when the last one is there.
//  5. alarms end what is not there by its deadline.
//
// # What the instants mean here
//
// Ready is when Submit was called. Sent is read just before the first write: the same instant on an open connection,
// later by the handshake (and by DNS) on a new one. Done is read after the read that brought the last byte.
//
// # What it does not do
//
// TLS, HTTP/2, proxies and redirects are nethttp's: Supports says so for given options. Redirects are outcomes, there are
// no cookies, and compression is not asked for. A header line that goes on in the next line, which RFC 9112 lets a client
// refuse, is refused. Beyond Linux on amd64 and arm64, Open returns ErrUnsupported.
//
// # Resending
//
// A request is sent once. Only where the kernel takes not one byte of it, because the server had closed the idle
// connection, does it go to another connection. Idle connections stay in epoll, so most that were closed are gone before
// a request can meet them; one that is closed while the request is on its way has failed (reset).
//
// # How exact a wait is
//
// A wait ends at its instant by epoll_pwait2, which takes nanoseconds, on a thread without timer slack; on kernels before
// 5.11 a timer descriptor does the same for one more system call. Either way the median was 6 to 7 µs past the instant and
// p90 9 to 13 µs (TestAWaitIsNotRoundedToAMillisecond -v, two shared cores, November 2026).
//
// For a millisecond at a time the thread keeps its Go processor while it waits. With fewer loops than GOMAXPROCS nobody
// notices; with as many, what else runs in the process may wait for that millisecond.
//
// # Names
//
// A host name is looked up when the loop opens, on another goroutine; requests before the answer wait for it. The
// addresses are tried in the order of the answer, beginning with the one that took the last connection.
package rawhttp
