// Package client is net/http for the clients of a guarded service: it tries again what may be tried again, as often as the
// service can bear, and sends less while the service sheds.
//
//	c := &http.Client{Transport: &client.Transport{}, Timeout: 10 * time.Second}
//	resp, err := c.Get("https://service.example/v1/benefits/BC-7-1")
//
// # What happens to a request
//
//  1. While the service sheds what this client sends, the request may be refused here, with [ErrThrottled]
//     ([retry.Throttle]).
//  2. It is sent. An answer of 429, 502, 503 or 504, or none, is a reason to try again; any other is returned.
//  3. A retry needs a request that may be sent twice: a method that is safe or idempotent (RFC 9110, section 9.2), or an
//     Idempotency-Key; and no body, or one that GetBody gives once more.
//  4. It needs an attempt left, a pause that ends before the patience and the context do ([retry.Next], which keeps a
//     Retry-After, in seconds or as a date), a place in the budget ([retry.Budget]) and a yes from the throttle. Without one
//     of them what the service answered is returned as it is, body included, and nothing is waited for.
//  5. After the pause the request is sent again, with the attempt's number in Guard-Attempt: 2, 3, …
//
// # Why the attempt is numbered
//
// A server in trouble must know how much of its load is there only because of the trouble. It may serve first attempts
// before retries, and lose nothing if the number is a lie: a client that gives one makes its request less worthy, never
// more. First attempts have none, so that they leave here as they came.
//
// # What it leaves out
//
// No redirects, cookies or overall timeout: http.Client has them. No hedging, which is more load when there is too much. One
// Transport is for one service and one kind of work: its throttle does not tell the urgent from the rest, so that what is
// shed of one would hold back the other.
package client
