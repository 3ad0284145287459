package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// The longest refusal of every reason and class, as it stands on the wire.
func TestARefusalIsSmallAndAProblem(t *testing.T) {
	g := newGuard(t, Config{Quotas: []Quota{{Name: "requests-of-a-person", Limit: Rate{1000, time.Hour}}}})
	var v visit
	var reason admission.Reason
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		g.refusals.write(w, &v, admission.Decision{Reason: reason, RetryAfter: 180 * time.Second}, "ffffff")
	}))
	defer server.Close()
	for reason = admission.Limit; reason < admission.Reasons; reason++ {
		for class := range admission.Class(admission.Classes) {
			v.Class, v.meter = class, nil
			if reason == admission.QuotaSpent {
				v.meter, v.spent = g.plan.Load().meters[0], admission.Spent{RetryAfter: time.Hour}
			}
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			answer, err := io.ReadAll(conn)
			conn.Close()
			if err != nil {
				t.Fatal(err)
			}
			_, body, _ := bytes.Cut(answer, []byte("\r\n\r\n"))
			var problem struct {
				Type, Title, Detail, Reason, Class string
				Status                             int
				After                              int `json:"retry_after_s"`
			}
			if err := json.Unmarshal(body, &problem); err != nil || problem.Reason != reason.String() || problem.Class != class.String() || problem.After != 180 || problem.Type == "" {
				t.Errorf("%v: %s", err, body)
			}
			client := reason == admission.ClientLimit || reason == admission.QuotaSpent
			if want := map[bool]int{true: 429, false: 503}[client]; problem.Status != want {
				t.Errorf("%v has status %d, want %d", reason, problem.Status, want)
			}
			if len(answer) > 600 {
				t.Errorf("%v of %v is %d bytes long, want at most 600:\n%s", reason, class, len(answer), answer)
			}
		}
	}
}
