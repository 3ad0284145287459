package client

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/peakday/peakday/engine/driver"
)

// attemptHeader carries the number of an attempt, from the second on.
const attemptHeader = "Guard-Attempt"

// mayAgain says whether a request that ended so may be sent once more.
func mayAgain(r *http.Request, resp *http.Response, err error) bool {
	if r.Context().Err() != nil || !isRepeatable(r) {
		return false
	}
	if err != nil {
		_, ok := errors.AsType[*tls.CertificateVerificationError](err)
		return !ok // a certificate does not get better by asking again
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isRepeatable says whether sending a request twice is the same as once, and possible.
func isRepeatable(r *http.Request) bool {
	if hasBody(r) && r.GetBody == nil {
		return false
	}
	switch r.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.Header.Get("Idempotency-Key") != ""
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

// numbered is the request of a later attempt; false when its body cannot be had again.
func numbered(first *http.Request, attempt int) (*http.Request, bool) {
	r := first.Clone(first.Context())
	if hasBody(first) {
		body, err := first.GetBody()
		if err != nil {
			return nil, false
		}
		r.Body = body
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(attemptHeader, strconv.Itoa(attempt))
	return r, true
}

// isShed says whether the service refused on purpose: 429, or 503 with a time to come back.
func isShed(resp *http.Response, hasRetryAfter bool) bool {
	return resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable && hasRetryAfter
}

// retryAfter is what an answer asks for; there may be none.
func retryAfter(resp *http.Response) driver.RetryAfter {
	if resp == nil {
		return driver.RetryAfter{}
	}
	return driver.ReadRetryAfter(resp.Header.Get("Retry-After"))
}

// drain reads a short body to its end, so that its connection can be used again, and closes it.
func drain(body io.ReadCloser) {
	io.CopyN(io.Discard, body, 64<<10) // what is not read costs the connection, no more
	body.Close()
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}
