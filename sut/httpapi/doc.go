// Package httpapi is the reference service's REST interface over an [agency.Agency], and the listener of its operators.
//
//	api := httpapi.New(httpapi.Config{Agency: a, Keys: traffic.NewKeys(seed), Now: time.Now, Log: log})
//	http.ListenAndServe("127.0.0.1:8080", httpapi.Deadlines(time.Now, api))
//
// It serves the table [traffic.Routes] and its own description, and nothing else. For every request, in this order:
//
//  1. the route: an unknown path is 404, a known one with another method 405 with Allow
//  2. the deadline: one who said how long the answer is of use is refused with 503 when that time is over, before any work
//  3. the credentials and the role: 401 without good ones, 403 in another's role
//  4. the body: its media type (415), its length packed and unpacked (413), its end (400), the digest that was signed (400);
//     JSON of at most 64 KiB is one object with no unknown field, files of lines (NDJSON, CSV) have at most 8 MiB
//  5. for mutations the Idempotency-Key: 400 missing, 409 while its first request runs, 422 with another request; a
//     repetition is answered with the stored bytes and Idempotent-Replayed: true. Keys are each caller's own
//  6. the use case, which sees to it that callers reach what is theirs: what is another's is 404 like what does not exist
//
// Every error is a problem (RFC 9457). A refused mutation stores nothing, so its key stays free. Long operations that are
// asked with Prefer: respond-async (RFC 7240) are answered 202 with the Location of a job. Lists go on by next_cursor.
// Logs and metric labels name operations and reasons, never people: no identity number, token, body or query.
//
// # Who asks
//
// People who are served or work here come with a bearer token: a JWT signed with Ed25519, some 200 bytes, that holds
// role, subject and for clerks and reviewers their region. POST /v1/sessions gives citizens theirs, the operators' listener
// gives the others'. Verifying one takes some 50 µs, so what was found good is remembered by its hash until it expires.
//
// Banks and hospitals have no tokens, which would speak for whoever finds them. They sign each request (RFC 9421,
// hmac-sha256) over method, path, query, Content-Digest (RFC 9530) and Idempotency-Key, or come with a client
// certificate whose common name is their id. A signature says when it was made and when it ends; clocks may differ by
// 30 seconds, and a caller whose clock is further off is told by how much.
//
// # The document
//
// openapi.json (OpenAPI 3.1) is made from the table of routes, the Go types of bodies and answers, the words that the code
// knows for their fields (words_test.go) and what documented_test.go tells of each operation; its examples are exchanges
// that a test recorded. GET /v1/openapi.json serves it. Every exchange of this package's tests is held against it: an
// answer of another status, with an unknown or a missing field, of another type or with a word that it does not have
// fails the test that got it.
//
// # Why Idempotency-Key
//
// The header is a convention: draft-ietf-httpapi-idempotency-key-header-07 expired in April 2026 without becoming an RFC.
//
// # Why a router of its own
//
// [http.ServeMux] has no verbs after a wildcard, as in /v1/claims/{id}:reverse. The table is small and flat, so that a
// path is looked up in a map after its one {id} was taken out.
//
// # What it leaves out
//
//   - HEAD and OPTIONS: 405. There is no browser application, so no cross-origin sharing either.
//   - Single use of signatures. Sent again inside its time a mutation is answered by its key and has no second effect, and a read is read again.
//   - A list of certificates that were called back: the listener's TLS configuration says whom it trusts.
//   - Credentials on the operators' listener: its address is its lock.
//   - Policy packs cannot be uploaded: they come with the program, approved.
package httpapi
