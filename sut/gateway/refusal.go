package gateway

import (
	"fmt"
	"io"
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
	would    [admission.Classes][admission.Reasons][]string // the same of a guard that only looks
	head     [admission.Classes][admission.Reasons][]byte
	seconds  [181][]string // Retry-After, by seconds; more is rare and built then
}

var refusalTail = []byte("}\n")

func newRefusals() refusals {
	var rs refusals
	for c := range admission.Class(admission.Classes) {
		for r := range admission.Reason(admission.Reasons) {
			rs.decision[c][r] = []string{fmt.Sprintf("shed;reason=%s;class=%s", r, c)}
			rs.would[c][r] = []string{fmt.Sprintf("dry_run;reason=%s;class=%s", r, c)}
			rs.head[c][r] = refusalHead(kindOf(r), r, c, "")
		}
	}
	for i := range rs.seconds {
		rs.seconds[i] = []string{strconv.Itoa(i)}
	}
	return rs
}

// refusalHead is the problem up to the seconds; more is further members.
func refusalHead(k kind, r admission.Reason, c admission.Class, more string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"title":%q,"status":%d,"detail":%q,%s"reason":%q,"class":%q,"retry_after_s":`,
		k.problem, http.StatusText(k.status), k.status, k.detail, more, r, c)
}

// The problem types of draft-ietf-httpapi-ratelimit-headers-10, section 6.
const (
	noType          = "about:blank"
	reducedCapacity = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"
	quotaExceeded   = "https://iana.org/assignments/http-problem-types#quota-exceeded"
	abnormalUsage   = "https://iana.org/assignments/http-problem-types#abnormal-usage-detected"
)

// kind tells whose fault a refusal is: 429 is the client's, 503 is ours.
type kind struct {
	status          int
	problem, detail string
}

func kindOf(r admission.Reason) kind {
	switch r {
	case admission.ClientLimit:
		return kind{http.StatusTooManyRequests, abnormalUsage, "This client has as many requests here as it may. Wait for their answers."}
	case admission.QuotaSpent:
		return kind{http.StatusTooManyRequests, quotaExceeded, "The quota is used up."}
	case admission.InMaintenance:
		return kind{http.StatusServiceUnavailable, noType, "Announced maintenance. Come back after retry_after_s seconds."}
	case admission.OutsideWindow:
		return kind{http.StatusServiceUnavailable, noType, "It is not your turn yet. Come back after retry_after_s seconds."}
	case admission.BreakerOpen:
		return kind{http.StatusServiceUnavailable, noType, "The service fails and is given time. Come back after retry_after_s seconds."}
	case admission.GuardBroken:
		return kind{http.StatusServiceUnavailable, noType, "The guard starts anew. Come back after retry_after_s seconds."}
	}
	return kind{http.StatusServiceUnavailable, reducedCapacity, "More requests than can be served now. Come back after retry_after_s seconds."}
}

// write answers a refused request. The body of the request is left alone:
// net/http reads what is left of it, up to 256 KiB, to keep the connection.
func (rs *refusals) write(w http.ResponseWriter, v *visit, d admission.Decision, id string) {
	c := v.Class
	head := rs.head[c][d.Reason]
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
	if d.Reason == admission.InMaintenance { // may be hours: a date stays true where the answer is kept
		h["Retry-After"] = []string{time.Now().Add(d.RetryAfter).UTC().Format(http.TimeFormat)}
	}
	h["Guard-Decision"] = named(rs.decision[c][d.Reason], id)
	if v.meter != nil {
		h["Ratelimit-Policy"], h["Ratelimit"] = v.meter.policy, []string{v.meter.rateLimit(v.spent)}
		head = v.meter.head[c]
	}
	w.WriteHeader(kindOf(d.Reason).status)
	w.Write(head)
	io.WriteString(w, seconds[0])
	w.Write(refusalTail)
}

// named adds the name of a sample to a Guard-Decision.
func named(decision []string, id string) []string {
	if id == "" {
		return decision
	}
	return []string{decision[0] + ";id=" + id}
}

// problem answers with an RFC 9457 problem that is not a refusal.
func problem(w http.ResponseWriter, status int, detail string) {
	h := w.Header()
	h["Content-Type"] = problemType
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\"type\":\"about:blank\",\"title\":%q,\"status\":%d,\"detail\":%q}\n", http.StatusText(status), status, detail)
}
