package gateway

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Header values are built once and shared: a refusal must cost as little as
// can be, because in a storm it is nearly all that the guard does.
var (
	problemType    = []string{"application/problem+json"}
	admittedHeader = []string{"admitted"}
)

// refusals holds the parts of every refusal: an RFC 9457 problem is
// head + seconds + tail.
type refusals struct {
	decision [admission.Classes][admission.Reasons][]string // Guard-Decision
	head     [admission.Classes][admission.Reasons][]byte
	seconds  [181][]string // Retry-After, by seconds; more is rare and built then
}

var refusalTail = []byte("}\n")

func newRefusals() refusals {
	var rs refusals
	for c := range admission.Class(admission.Classes) {
		for r := range admission.Reason(admission.Reasons) {
			rs.decision[c][r] = []string{fmt.Sprintf("shed;reason=%s;class=%s", r, c)}
			status, detail := refusalStatus(r)
			rs.head[c][r] = fmt.Appendf(nil, `{"type":"about:blank","title":%q,"status":%d,"detail":%q,"reason":%q,"class":%q,"retry_after_s":`,
				http.StatusText(status), status, detail, r, c)
		}
	}
	for i := range rs.seconds {
		rs.seconds[i] = []string{strconv.Itoa(i)}
	}
	return rs
}

// refusalStatus tells whose fault a refusal is: 429 is the client's, 503 is ours.
func refusalStatus(r admission.Reason) (status int, detail string) {
	if r == admission.ClientLimit {
		return http.StatusTooManyRequests, "This client has as many requests here as it may. Wait for their answers, and come back after retry_after_s seconds."
	}
	return http.StatusServiceUnavailable, "More requests than can be served now. Come back after retry_after_s seconds."
}

// write answers a refused request. The body of the request is left alone:
// net/http reads what is left of it, up to 256 KiB, to keep the connection.
func (rs *refusals) write(w http.ResponseWriter, c admission.Class, d admission.Decision) {
	after := int(d.RetryAfter / time.Second)
	seconds := []string(nil)
	if after < len(rs.seconds) {
		seconds = rs.seconds[after]
	} else {
		seconds = []string{strconv.Itoa(after)}
	}
	h := w.Header()
	h["Content-Type"] = problemType
	h["Retry-After"] = seconds
	h["Guard-Decision"] = rs.decision[c][d.Reason]
	status, _ := refusalStatus(d.Reason)
	w.WriteHeader(status)
	w.Write(rs.head[c][d.Reason])
	w.Write([]byte(seconds[0]))
	w.Write(refusalTail)
}

// problem answers with an RFC 9457 problem that is not a refusal.
func problem(w http.ResponseWriter, status int, detail string) {
	h := w.Header()
	h["Content-Type"] = problemType
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\"type\":\"about:blank\",\"title\":%q,\"status\":%d,\"detail\":%q}\n", http.StatusText(status), status, detail)
}
