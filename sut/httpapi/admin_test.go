package httpapi_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// operators is an admin listener over a desk, with everything there is.
func operators(d *desk) (a httpapi.Admin, did *[]string) {
	did = new([]string)
	book, err := rules.Open()
	fatal(d.t, err)
	return httpapi.Admin{
		Metrics: prometheus.NewRegistry(), Ready: func() bool { return len(*did) == 0 }, Now: func() time.Time { return now },
		Store: d.store, Rules: book, People: d.people, Keys: &d.keys, Agency: d.service,
		Audit: func(ctx context.Context, w io.Writer) error {
			_, err := w.Write(vault.AppendHeader(nil, store.AuditLog))
			return errors.Join(err, d.store.View(ctx, func(v store.View) error {
				return store.EachEvent(v, 0, store.Forever, func(r vault.Record) error { _, err := w.Write(r.AppendLine(nil)); return err })
			}))
		},
		Checkpoints: func(_ context.Context, w io.Writer) error { return nil },
		Drain:       func() { *did = append(*did, "drain") },
		Hold:        func(hold time.Duration) { *did = append(*did, "hold "+hold.String()) },
		Rotate:      func(context.Context) (uint32, error) { *did = append(*did, "rotate"); return 2, nil },
	}, did
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestExportsProveThemselves(t *testing.T) {
	d := newDesk(t)
	for seq := range uint64(20) {
		d.do(d.at(seq, "claims.settle"))
		d.do(d.at(seq, "payments.push"))
	}
	a, _ := operators(d)
	h := a.Handler()
	get := func(path string) *httptest.ResponseRecorder {
		w := ask(h, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return w
	}
	export := get("/admin/ledger/export")
	heads, err := ledger.VerifyExport(bytes.NewReader(export.Body.Bytes()))
	root := ledger.Root(heads)
	if err != nil || export.Header().Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("ledger: %v, %v", export.Header(), err)
	}
	if head := get("/admin/ledger/head").Body.String(); !strings.Contains(head, hex.EncodeToString(root[:])) {
		t.Errorf("head %s, want the root %x of the export", head, root)
	}
	summary, err := vault.Verify(get("/admin/audit/export").Body, strings.NewReader(""), nil)
	if err != nil || summary.Events != 40 {
		t.Errorf("audit: %+v, %v; want 40 events", summary, err)
	}
	if head := get("/admin/audit/head").Body.String(); !strings.Contains(head, `"seq":40`) {
		t.Errorf("audit head %s, want event 40", head)
	}
	get("/admin/audit/checkpoints")
	if packs := get("/admin/policy-packs").Body.String(); !strings.Contains(packs, "CN-420500@2023-01-01#sha256:") {
		t.Errorf("packs %s, want that of Yichang", packs)
	}
	if people := get("/admin/population").Body.String(); !strings.Contains(people, `"people":1000`) {
		t.Errorf("population %s", people)
	}
}

func TestHalfAnExportIsCutOff(t *testing.T) {
	h := httpapi.Admin{Metrics: prometheus.NewRegistry(), Audit: func(_ context.Context, w io.Writer) error {
		io.WriteString(w, "{}\n")
		return errors.New("the disk is gone")
	}}.Handler()
	server := httptest.NewServer(h)
	defer server.Close()
	res, err := http.Get(server.URL + "/admin/audit/export")
	if err == nil {
		defer res.Body.Close()
		_, err = io.ReadAll(res.Body)
	}
	if err == nil {
		t.Error("half an export ended as a whole one does")
	}
	none := httpapi.Admin{Metrics: prometheus.NewRegistry(), Audit: func(context.Context, io.Writer) error { return errors.New("the disk is gone") }}.Handler()
	wantProblem(t, "nothing of an export", ask(none, httptest.NewRequest("GET", "/admin/audit/export", nil)), 500, "internal")
}

func TestOperatorsActsAreDoneAndAudited(t *testing.T) {
	d := newDesk(t)
	a, did := operators(d)
	h := a.Handler()
	for _, path := range []string{"/admin/drain", "/admin/keys/rotate"} {
		if w := ask(h, httptest.NewRequest("POST", path, nil)); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if got := strings.Join(*did, " "); got != "drain rotate" {
		t.Errorf("did %s, want drain rotate", got)
	}
	if w := ask(h, post("/admin/hold", `{"seconds":2.5}`)); w.Code != http.StatusOK || (*did)[2] != "hold 2.5s" {
		t.Errorf("/admin/hold: %d %s, did %v", w.Code, w.Body, *did)
	}
	for _, body := range []string{`{"seconds":-1}`, `{"seconds":301}`} {
		wantProblem(t, "a hold that no client waits for", ask(h, post("/admin/hold", body)), 400, "bad-hold")
	}
	if len(*did) != 3 {
		t.Errorf("did %v, want no hold that was refused", *did)
	}
	wantProblem(t, "readyz while draining", ask(h, httptest.NewRequest("GET", "/readyz", nil)), 503, "draining")
	for _, c := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"a bank", `{"role":"bank","subject":"B01","seconds":60}`, 422, "no-token-for-role"},
		{"the service itself", `{"role":"system","subject":"x","seconds":60}`, 422, "no-token-for-role"},
		{"nobody's role", `{"role":"king","subject":"x","seconds":60}`, 400, "bad-role"},
		{"nobody", `{"role":"auditor","subject":"","seconds":60}`, 400, "bad-subject"},
		{"a clerk of no region", `{"role":"clerk","subject":"clerk-1","seconds":60}`, 400, "bad-region"},
		{"a time before now", `{"role":"auditor","subject":"a","seconds":-1}`, 400, "bad-life"},
		{"a month", `{"role":"auditor","subject":"a","seconds":2592000}`, 400, "bad-life"},
	} {
		wantProblem(t, c.name, ask(h, post("/admin/tokens", c.body)), c.status, c.code)
	}
	w := ask(h, post("/admin/tokens", `{"role":"clerk","subject":"clerk-1","region":"420500","seconds":60}`))
	token := decoded[struct {
		Token   string `json:"token"`
		Type    string `json:"token_type"`
		Seconds int    `json:"expires_in"`
	}](t, w)
	if w := d.do(set(httptest.NewRequest("GET", "/v1/clocks/benefit", nil), "Authorization", "Bearer "+token.Token)); w.Code != http.StatusOK {
		t.Errorf("the clerk's token: %d %s", w.Code, w.Body)
	}
	log := ask(h, httptest.NewRequest("GET", "/admin/audit/export", nil)).Body.String()
	for _, want := range []string{`"op":"admin.drain"`, `"op":"admin.hold"`, `"op":"admin.keys.rotate"`, `"op":"admin.tokens","outcome":"done","role":"operator","subject":"clerk clerk-1"`} {
		if !strings.Contains(log, want) {
			t.Errorf("audit log %s, want %s", log, want)
		}
	}
	d.sound()
}

// The public side serves nothing of the operators', and the operators' nothing of the public's.
func TestListenersAreApart(t *testing.T) {
	d := newDesk(t)
	a, _ := operators(d)
	h := a.Handler()
	for _, path := range []string{"/admin/keys/rotate", "/admin/tokens", "/admin/ledger/export", "/metrics", "/readyz"} {
		for _, method := range []string{"GET", "POST"} {
			wantProblem(t, "public "+path, d.do(httptest.NewRequest(method, path, nil)), http.StatusNotFound, "not-found")
		}
	}
	wantProblem(t, "admin /v1/policies", ask(h, httptest.NewRequest("GET", "/v1/policies", nil)), http.StatusNotFound, "not-found")
}

// TestMessagesGoOut reads what waits for partners, and notes one as delivered, twice.
func TestMessagesGoOut(t *testing.T) {
	d := newDesk(t)
	a, _ := operators(d)
	h := a.Handler()
	for seq := range uint64(3) {
		if w := d.do(d.at(seq, "transfers.create")); w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	type page struct {
		Items []struct {
			ID, To, Kind string
			At           int64 `json:"at_ms"`
			Payload      json.RawMessage
		}
		Next string `json:"next_cursor"`
	}
	waiting := func() page { return decoded[page](t, ask(h, httptest.NewRequest("GET", "/admin/outbox", nil))) }
	all := waiting()
	if len(all.Items) != 3 || all.Items[0].Kind != "transfer.requested" || all.Items[0].To != "agency-420500" || len(all.Items[0].Payload) == 0 {
		t.Fatalf("waiting: %+v", all)
	}
	for range 2 {
		if w := ask(h, post("/admin/outbox/delivered", `{"id":"`+all.Items[0].ID+`"}`)); w.Code != http.StatusOK {
			t.Errorf("delivered: %d %s", w.Code, w.Body)
		}
	}
	if left := waiting(); len(left.Items) != 2 || left.Items[0].ID != all.Items[1].ID {
		t.Errorf("left: %+v, want the last two of %+v", left, all)
	}
	wantProblem(t, "no such message", ask(h, post("/admin/outbox/delivered", `{"id":"TR-1/x"}`)), http.StatusNotFound, "no-message")
	wantProblem(t, "another list's cursor", ask(h, httptest.NewRequest("GET", "/admin/outbox?cursor=x", nil)), http.StatusBadRequest, "bad-query")
	wantProblem(t, "a hop without a key", ask(h, post("/admin/transfers/advance", `{"transfer":"TR-1"}`)), http.StatusBadRequest, "no-key")
	d.sound()
}
