// Package httpapi is the reference service's REST interface over an [agency.Agency].
//
//	api := httpapi.New(httpapi.Config{Agency: a, Keys: traffic.NewKeys(seed), Now: time.Now, Log: log})
//	http.ListenAndServe("127.0.0.1:8080", api)
//
// It serves the table [traffic.Operations] and nothing else. For every request, in this order:
//
//  1. the route: an unknown path is 404, a known one with another method 405 with Allow
//  2. the token (JWT, HS256) and its role: 401 without a valid one, 403 in another's role
//  3. the body: application/json of at most 64 KiB, one object, no unknown field
//  4. for mutations the Idempotency-Key: 400 missing, 409 while its first request runs, 422 with another request;
//     a repetition is answered with the stored bytes and Idempotent-Replayed: true
//  5. the use case
//
// Every error is a problem (RFC 9457). A refused mutation stores nothing, so its key stays free.
// Logs and metric labels name operations and reasons, never people: no identity number, token, body or query.
//
// # Why Idempotency-Key
//
// The header is a convention: draft-ietf-httpapi-idempotency-key-header-07 expired in April 2026 without becoming an RFC.
package httpapi
