package httpapi_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// now is the clock of the service in these tests.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A desk is an API over 1,000 people with an empty database.
type desk struct {
	t       testing.TB
	api     http.Handler
	public  *httpapi.API
	service *agency.Agency
	people  *population.Population
	keys    traffic.Keys
	traffic *traffic.Traffic
	store   *sqlite.Store
	db      string // its file
	log     *bytes.Buffer

	contract *contract
	clock    atomic.Int64 // ns after now
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, keys: traffic.NewKeys(1), log: new(bytes.Buffer), contract: readContract(t)}
	book, err := rules.Open()
	fatal(t, err)
	d.people, err = population.New(1, 1000)
	fatal(t, err)
	d.traffic, err = traffic.New(d.people, book, d.keys, now)
	fatal(t, err)
	d.db = filepath.Join(t.TempDir(), "ledger.db")
	d.store, err = sqlite.Open(t.Context(), d.db, store.Pool{})
	fatal(t, err)
	t.Cleanup(func() { d.store.Close() })
	ring, err := vault.NewRing(rand.Reader)
	fatal(t, err)
	clock := func() time.Time { return now.Add(time.Duration(d.clock.Load())) }
	d.service = &agency.Agency{People: d.people, Outlets: population.NewOutlets(1), Rules: book, Store: d.store, Vault: ring, Random: rand.Reader, PIN: d.keys.PIN}
	d.public = httpapi.New(httpapi.Config{Agency: d.service, Keys: d.keys, Now: clock, Log: slog.New(slog.NewJSONHandler(d.log, nil))})
	d.api = httpapi.Deadlines(clock, d.public)
	return d
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at is the request of an arrival, ready to be changed by a test.
func (d *desk) at(seq uint64, op string) *http.Request {
	d.t.Helper()
	r, err := d.traffic.At(seq, op)
	fatal(d.t, err)
	req := httptest.NewRequest(r.Method, r.Path, bytes.NewReader(r.Body))
	for _, h := range r.Header {
		req.Header.Set(h.Name, h.Value)
	}
	return req
}

// body changes the body of a request.
func body(r *http.Request, s string) *http.Request {
	n := httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(s))
	n.Header = r.Header
	return n
}

// sign signs a request as a partner does that has its body and key; what was signed before is gone.
func (d *desk) sign(partner string, r *http.Request) *http.Request {
	d.t.Helper()
	text, err := io.ReadAll(r.Body)
	fatal(d.t, err)
	s := scenarios.Request{Method: r.Method, Path: r.URL.RequestURI()}
	if len(text) > 0 {
		s.Body = text
	}
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		s.Header = []scenarios.Header{{Name: "Idempotency-Key", Value: key}}
	}
	fatal(d.t, d.keys.Sign(partner, &s, now, time.Minute))
	n := body(r, string(text))
	for _, h := range s.Header {
		n.Header.Set(h.Name, h.Value)
	}
	return n
}

// token is the Authorization of a role.
func (d *desk) token(role workflow.Roles, subject, region string) string {
	d.t.Helper()
	token, err := d.keys.Token(agency.Caller{Role: role, Subject: subject, Region: region}, now, time.Hour)
	fatal(d.t, err)
	return "Bearer " + token
}

// post is a request with a JSON body.
func post(path, text string) *http.Request {
	return set(httptest.NewRequest("POST", path, strings.NewReader(text)), "Content-Type", "application/json")
}

func set(r *http.Request, name, value string) *http.Request {
	if r.Header.Set(name, value); value == "" {
		r.Header.Del(name)
	}
	return r
}

// travel puts the service's clock forward until it is called back.
func (d *desk) travel(by time.Duration) (back func()) {
	d.clock.Add(int64(by))
	return func() { d.clock.Add(-int64(by)) }
}

// do sends a request and holds it and its answer against the OpenAPI document.
func (d *desk) do(r *http.Request) *httptest.ResponseRecorder {
	d.t.Helper()
	sent, err := io.ReadAll(r.Body)
	fatal(d.t, err)
	r.Body = io.NopCloser(bytes.NewReader(sent))
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	if err := d.contract.judge(r, sent, w); err != nil {
		d.t.Errorf("%s %s: %d: %v", r.Method, r.URL.Path, w.Code, err)
	}
	return w
}

// decoded is a JSON answer.
func decoded[T any](t testing.TB, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	return v
}

// wantProblem checks that an answer is a problem of this status and code.
func wantProblem(t testing.TB, name string, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	text := w.Body.String()
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %d %s %s, want %d and problem+json", name, w.Code, w.Header().Get("Content-Type"), text, status)
		return
	}
	if p := decoded[httpapi.Problem](t, w); p.Status != status || p.Type != "urn:peakday:problem:"+code || p.Title == "" {
		t.Errorf("%s: %s, want %d %s", name, text, status, code)
	}
}

func TestExactlyTheTableIsServed(t *testing.T) {
	d := newDesk(t)
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	served := make(map[string]bool)
	for _, op := range traffic.Routes() {
		served[op.Method+" "+op.Path] = true
	}
	for _, op := range traffic.Operations() {
		if w := d.do(d.at(1, op.Name)); w.Code != http.StatusOK && w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", op.Name, w.Code, w.Body)
		}
	}
	for _, op := range traffic.Routes() {
		for _, method := range methods {
			if served[method+" "+op.Path] {
				continue
			}
			path := strings.Replace(op.Path, "{id}", "7", 1)
			w := d.do(httptest.NewRequest(method, path, nil))
			if allow := w.Header().Get("Allow"); !strings.Contains(allow, op.Method) {
				t.Errorf("%s %s: Allow %q, want %s in it", method, op.Path, allow, op.Method)
			}
			wantProblem(t, method+" "+op.Path, w, http.StatusMethodNotAllowed, "method-not-allowed")
		}
	}
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/claims/", "/v1/claims/:reverse", "/v1/claims/7:undo", "/v1/claims/7/8/9", "/v1//claims", "/v2/claims", "/metrics", "/readyz"} {
		wantProblem(t, path, d.do(httptest.NewRequest("GET", path, nil)), http.StatusNotFound, "not-found")
	}
}

func TestRefusals(t *testing.T) {
	d := newDesk(t)
	hospital := d.token(workflow.Hospital, "H0001", "")
	citizen := d.token(workflow.Citizen, "5", "")
	auditor := d.token(workflow.Auditor, "auditor-1", "")
	notUTF8 := base64.RawURLEncoding.EncodeToString([]byte("claims-by-day \xff"))
	bill := func(fields string) *http.Request {
		id := d.people.Person(5).IDNumber
		text := `{"visit":"V1","id_no":"` + id + `","hospital":"H0001","tier":1,"visit_date":"2023-01-01","lines":[{"item":"A","qty":1,"unit_fen":100,"in_policy":true}]}`
		if fields != "" {
			old, changed, _ := strings.Cut(fields, " => ")
			if !strings.Contains(text, old) {
				t.Fatalf("bill has no %s", old)
			}
			text = strings.Replace(text, old, changed, 1)
		}
		return d.sign("H0001", set(post("/v1/claims", text), "Idempotency-Key", "refusal"))
	}
	push := func(old, changed string) *http.Request {
		r := d.at(1, "payments.push")
		var text bytes.Buffer
		_, err := text.ReadFrom(r.Body)
		fatal(t, err)
		if !strings.Contains(text.String(), old) {
			t.Fatalf("push has no %s: %s", old, text.String())
		}
		partner, _, _ := strings.Cut(text.String()[len(`{"bank":"`):], `"`)
		return d.sign(partner, body(r, strings.Replace(text.String(), old, changed, 1)))
	}
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
		code   string
	}{
		{"no token", set(d.at(1, "account.get"), "Authorization", ""), 401, "no-token"},
		{"another scheme than Bearer", set(d.at(1, "account.get"), "Authorization", "Basic YTpi"), 401, "no-token"},
		{"a token that is no token", set(d.at(1, "account.get"), "Authorization", "Bearer abc"), 401, "bad-token"},
		{"a hospital's token for a citizen's account", set(d.at(1, "account.get"), "Authorization", hospital), 401, "token-of-partner"},
		{"a hospital for a citizen's account", d.sign("H0001", httptest.NewRequest("GET", "/v1/me/account", nil)), 403, "other-role"},
		{"a citizen's token for a claim", set(post("/v1/claims", `{}`), "Authorization", citizen), 403, "other-role"},
		{"a claim that nobody signed", set(post("/v1/claims", `{}`), "Idempotency-Key", "k"), 401, "no-signature"},
		{"a hospital that bills for another", d.sign("H0002", bill("")), 403, "other-hospital"},
		{"a bank that reports for another", push(`"bank":"B`, `"bank":"X`), 403, "other-bank"},
		{"a wrong PIN", body(d.at(1, "sessions.create"), `{"id_no":"`+d.people.Person(5).IDNumber+`","pin":"x"}`), 401, "bad-credentials"},
		{"a number that is nobody's", body(d.at(1, "sessions.create"), `{"id_no":"990000190001010000","pin":"`+d.keys.PIN("990000190001010000")+`"}`), 401, "bad-credentials"},
		{"no content type", set(bill(""), "Content-Type", ""), 415, "unsupported-type"},
		{"a form", set(bill(""), "Content-Type", "application/x-www-form-urlencoded"), 415, "unsupported-type"},
		{"an unknown field", bill(`"visit" => "vist"`), 400, "bad-body"},
		{"a number where a string is wanted", bill(`"V1" => 1`), 400, "bad-body"},
		{"not JSON", d.sign("H0001", body(bill(""), `{"visit":`)), 400, "bad-body"},
		{"an empty body", d.sign("H0001", body(bill(""), ``)), 400, "bad-body"},
		{"two objects", d.sign("H0001", body(bill(""), `{} {}`)), 400, "bad-body"},
		{"a body over the limit", d.sign("H0001", body(bill(""), `{"visit":"`+strings.Repeat("x", 64<<10)+`"}`)), 413, "body-too-large"},
		{"no idempotency key", d.sign("H0001", set(bill(""), "Idempotency-Key", "")), 400, "no-key"},
		{"an endless idempotency key", d.sign("H0001", set(bill(""), "Idempotency-Key", strings.Repeat("k", 201))), 400, "no-key"},
		{"an idempotency key with a space", d.sign("H0001", set(bill(""), "Idempotency-Key", "a b")), 400, "no-key"},
		{"a visit with a colon", bill(`"V1" => "V:1"`), 400, "bad-identifier"},
		{"no visit date", bill(`"visit_date":"2023-01-01", => `), 400, "no-visit-date"},
		{"a day that is none", bill(`2023-01-01 => 2023-02-30`), 400, "bad-body"},
		{"a patient whom nobody insures", bill(d.people.Person(5).IDNumber + ` => 110101199001011234`), 422, "unknown-person"},
		{"a tier that is none", bill(`"tier":1 => "tier":9`), 422, "fact-out-of-range"},
		{"a quantity below one", bill(`"qty":1 => "qty":0`), 422, "fact-out-of-range"},
		{"a bill without lines", bill(`{"item":"A","qty":1,"unit_fen":100,"in_policy":true} => `), 422, "fact-out-of-range"},
		{"a payment of nothing", push(`"amount_fen":`, `"amount_fen":-`), 422, "bad-amount"},
		{"a payment without a month", push(`"month":"2026-11",`, ``), 400, "no-date"},
		{"a month that is none", body(d.at(1, "pension.estimate"), `{"birth":"1976-13"}`), 400, "bad-body"},
		{"a pension of no months", body(d.at(1, "pension.estimate"), `{"birth":"1976-02","class":"M","as_of":"2026-08","region":"110000"}`), 422, "fact-out-of-range"},
		{"a cursor that is none", httptestGet(d, "/v1/me/contributions?cursor=x"), 400, "bad-query"},
		{"a cursor with a byte that PostgreSQL does not take", set(httptest.NewRequest("GET", "/v1/statistics/claims-by-day?cursor="+notUTF8, nil), "Authorization", auditor), 400, "bad-query"},
		{"a day of the query that is none", httptest.NewRequest("GET", "/v1/policies?as_of=yesterday", nil), 400, "bad-query"},
	} {
		wantProblem(t, c.name, d.do(c.r), c.status, c.code)
	}
	findings, err := invariant.Of(t.Context(), d.store)
	fatal(t, err)
	if findings[0].Checked != 0 {
		t.Errorf("refusals left %d transactions, want none", findings[0].Checked)
	}
	for i := range d.people.Size() {
		if strings.Contains(d.log.String(), d.people.Person(i).IDNumber) {
			t.Fatalf("the log holds the identity number of person %d", i)
		}
	}
}

// httptestGet is a citizen's GET.
func httptestGet(d *desk, path string) *http.Request {
	return set(httptest.NewRequest("GET", path, nil), "Authorization", d.at(1, "account.get").Header.Get("Authorization"))
}

func TestTamperedTokensAreRefused(t *testing.T) {
	d := newDesk(t)
	sign := func(k traffic.Keys, issued time.Time, life time.Duration) string {
		token, err := k.Token(agency.Caller{Role: workflow.Citizen, Subject: "5"}, issued, life)
		fatal(t, err)
		return token
	}
	good := sign(d.keys, now, time.Hour)
	parts := strings.Split(good, ".")
	other := strings.Split(sign(d.keys, now, 2*time.Hour), ".")
	const none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0" // {"alg":"none","typ":"JWT"}
	// The public key is no secret: a token that uses it as a secret of HS256 must not pass (RFC 8725, 2.1).
	hs256, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"role": "citizen", "sub": "5", "iat": now.Unix(), "exp": now.Unix() + 60}).SignedString([]byte(d.keys.Public()))
	fatal(t, err)
	for name, token := range map[string]string{
		"claims of another token":  parts[0] + "." + other[1] + "." + parts[2],
		"algorithm none":           none + "." + parts[1] + ".",
		"signature cut":            good[:len(good)-4],
		"no signature":             parts[0] + "." + parts[1] + ".",
		"keys of another service":  sign(traffic.NewKeys(2), now, time.Hour),
		"HS256 by the public key":  hs256,
		"expired":                  sign(d.keys, now.Add(-2*time.Hour), time.Hour),
		"issued in the future":     sign(d.keys, now.Add(time.Hour), time.Hour),
		"expired beyond the skew":  sign(d.keys, now.Add(-time.Hour-31*time.Second), time.Hour),
		"a subject that is nobody": must(d.keys.Token(agency.Caller{Role: workflow.Citizen, Subject: "1000"}, now, time.Hour)),
	} {
		w := d.do(set(httptest.NewRequest("GET", "/v1/me/account", nil), "Authorization", "Bearer "+token))
		if name == "a subject that is nobody" {
			wantProblem(t, name, w, http.StatusForbidden, "unknown-subject")
			continue
		}
		if w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
		wantProblem(t, name, w, http.StatusUnauthorized, "bad-token")
	}
	if w := d.do(set(httptest.NewRequest("GET", "/v1/me/account", nil), "Authorization", "bearer "+good)); w.Code != http.StatusOK {
		t.Errorf("a good token: %d %s", w.Code, w.Body)
	}
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func TestSessionOpensTheOwnAccount(t *testing.T) {
	d := newDesk(t)
	who := d.people.Person(42)
	w := d.do(body(d.at(1, "sessions.create"), `{"id_no":"`+who.IDNumber+`","pin":"`+d.keys.PIN(who.IDNumber)+`"}`))
	session := decoded[struct {
		Token   string `json:"token"`
		Type    string `json:"token_type"`
		Seconds int    `json:"expires_in"`
	}](t, w)
	w = d.do(set(httptest.NewRequest("GET", "/v1/me/account", nil), "Authorization", session.Type+" "+session.Token))
	got := decoded[agency.Account](t, w)
	if got.Person != who.ID || int64(got.Medical) != who.Medical || int64(got.Pension) != who.Pension || got.Months != who.Months {
		t.Errorf("account %+v of person %+v", got, who)
	}
}

func TestOutpatientPoolingIsSettledAsPreviewed(t *testing.T) {
	d := newDesk(t)
	who := active(d)
	send := func(path, visit string, tier int, day string, fen int) *httptest.ResponseRecorder {
		text := `{"visit":"` + visit + `","id_no":"` + who.IDNumber + `","hospital":"H0001","tier":` + strconv.Itoa(tier) + `,"visit_date":"` + day +
			`","lines":[{"item":"A1","qty":1,"unit_fen":` + strconv.Itoa(fen) + `,"in_policy":true}]}`
		return d.do(d.sign("H0001", set(post(path, text), "Idempotency-Key", visit)))
	}
	// O18, Yichang from 2023-01-01: the published figures for an active person.
	medical := who.Medical
	for _, c := range []struct {
		visit     string
		tier      int
		day       string
		fen, want int
	}{
		{"V0", 1, "2022-12-31", 100_000, 0}, // the old policy, settled under the new one
		{"V1", 3, "2023-01-01", 180_000, 65_000},
		{"V2", 1, "2023-01-02", 300_000, 155_000}, // the yearly cap
		{"V3", 1, "2023-01-03", 300_000, 0},
	} {
		preview := decoded[agency.Split](t, send("/v1/claims:preview", c.visit, c.tier, c.day, c.fen))
		got := decoded[agency.Settlement](t, send("/v1/claims", c.visit, c.tier, c.day, c.fen))
		if int(got.Fund) != c.want || got.Fund+got.Account+got.Cash != got.Total {
			t.Errorf("%s: %+v, want fund %d", c.visit, got, c.want)
		}
		if preview.Fund != got.Fund || preview.Account != got.Account || preview.Cash != got.Cash {
			t.Errorf("%s: previewed %+v, settled %+v", c.visit, preview, got.Split)
		}
		medical -= int64(got.Account)
	}
	token := d.token(workflow.Citizen, strconv.Itoa(who.Index), "")
	account := decoded[agency.Account](t, d.do(set(httptest.NewRequest("GET", "/v1/me/account", nil), "Authorization", token)))
	if int64(account.Medical) != medical || account.Spent.Fund != 220_000 || account.Spent.Deductible != 50_000 {
		t.Errorf("account %+v, want medical %d, fund 220000, deductible 50000", account, medical)
	}
}

// signer is the keyid of a request's signature.
func signer(r *http.Request) string {
	_, rest, _ := strings.Cut(r.Header.Get("Signature-Input"), `keyid="`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// sound checks every invariant of what is stored.
func (d *desk) sound() {
	d.t.Helper()
	findings, err := invariant.Of(d.t.Context(), d.store)
	fatal(d.t, err)
	for _, f := range findings {
		if !f.OK {
			d.t.Errorf("%+v", f)
		}
	}
}

// active is the first active person.
func active(d *desk) population.Person {
	for i := range d.people.Size() {
		if p := d.people.Person(i); p.Status == population.Active {
			return p
		}
	}
	d.t.Fatal("nobody is active")
	return population.Person{}
}

func TestIdempotencyKey(t *testing.T) {
	d := newDesk(t)
	first := d.do(d.at(3, "claims.settle"))
	again := d.do(d.at(3, "claims.settle"))
	if first.Code != http.StatusCreated || first.Header().Get("Idempotent-Replayed") != "" {
		t.Errorf("first: %d %v", first.Code, first.Header())
	}
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %v %s, want the bytes of %s", again.Code, again.Header(), again.Body, first.Body)
	}
	settle := d.at(3, "claims.settle")
	key, hospital := settle.Header.Get("Idempotency-Key"), signer(settle)
	text, err := io.ReadAll(settle.Body)
	fatal(t, err)
	other := strings.Replace(string(text), `"visit":"`, `"visit":"other-`, 1)
	wantProblem(t, "another body", d.do(d.sign(hospital, body(d.at(3, "claims.settle"), other))), 422, "key-reused")
	wantProblem(t, "another key for the same visit", d.do(d.sign(hospital, set(d.at(3, "claims.settle"), "Idempotency-Key", "new"))), 409, "visit-settled")
	push := d.at(3, "payments.push")
	if w := d.do(d.sign(signer(push), set(push, "Idempotency-Key", key))); w.Code != http.StatusCreated {
		t.Errorf("the same key from another caller: %d %s", w.Code, w.Body)
	}
}

func TestBankPush(t *testing.T) {
	d := newDesk(t)
	who := active(d)
	seq := uint64(0)
	for d.people.Pick(seq) != who.Index {
		seq++
	}
	var before bytes.Buffer
	_, err := before.ReadFrom(d.at(seq, "payments.push").Body)
	fatal(t, err)
	var push agency.Push
	fatal(t, json.Unmarshal(before.Bytes(), &push))
	send := func(key string, change func(*agency.Push)) *httptest.ResponseRecorder {
		p := push
		change(&p)
		text, err := json.Marshal(p)
		fatal(t, err)
		return d.do(d.sign(push.Bank, set(body(d.at(seq, "payments.push"), string(text)), "Idempotency-Key", key)))
	}
	status := func(w *httptest.ResponseRecorder) string { return decoded[agency.Received](t, w).Status }

	if got := status(send("k1", func(p *agency.Push) { p.BankTxn = "t1"; p.Amount-- })); got != "suspense" {
		t.Errorf("a fen too little: %s, want suspense", got)
	}
	if got := status(send("k2", func(p *agency.Push) { p.BankTxn = "t2" })); got != "matched" {
		t.Errorf("the declared amount: %s, want matched", got)
	}
	if got := status(send("k3", func(p *agency.Push) { p.BankTxn = "t3" })); got != "suspense" {
		t.Errorf("the same month again: %s, want suspense", got)
	}
	if got := status(send("k4", func(p *agency.Push) { p.BankTxn = "t4"; p.IDNo = "110101199001011234" })); got != "suspense" {
		t.Errorf("for somebody unknown: %s, want suspense", got)
	}
	wantProblem(t, "the same bank_txn with another amount", send("k5", func(p *agency.Push) { p.BankTxn = "t2"; p.Amount++ }), 422, "other-amount")
	wantProblem(t, "the same bank_txn under another key", send("k6", func(p *agency.Push) { p.BankTxn = "t2" }), 409, "payment-received")

	page := decoded[agency.Contributions](t, d.do(d.at(seq, "contributions.list")))
	if len(page.Items) != min(24, who.Months+1) || page.Items[0].Month != 202611 || page.Items[1].Month != 202212 {
		t.Errorf("%d contributions, the newest %v; want the paid month first", len(page.Items), page.Items[:2])
	}
	d.sound()
}

func TestContributionsArePagedWithoutGapOrRepeat(t *testing.T) {
	d := newDesk(t)
	seq := uint64(0)
	for d.people.Person(d.people.Pick(seq)).Months < 60 {
		seq++
	}
	who := d.people.Person(d.people.Pick(seq))
	token := d.at(seq, "account.get").Header.Get("Authorization")
	var months []rules.Month
	for path := "/v1/me/contributions"; path != ""; {
		page := decoded[agency.Contributions](t, d.do(set(httptest.NewRequest("GET", path, nil), "Authorization", token)))
		for _, m := range page.Items {
			months = append(months, m.Month)
		}
		path = ""
		if page.Next != "" {
			path = "/v1/me/contributions?cursor=" + page.Next
		}
	}
	if len(months) != who.Months {
		t.Errorf("%d months in all pages, want %d", len(months), who.Months)
	}
	for i, m := range months {
		if want := who.LastPaid.Add(-i); m != want {
			t.Fatalf("month %d is %s, want %s", i, m, want)
		}
	}
}

func TestGoldenPersonIsEstimated(t *testing.T) {
	d := newDesk(t)
	// O12: born 1976-02, 360 months, index 0.8, Beijing: 4,782.04 from 2038-12.
	const golden = `{"birth":"1976-02","class":"M","months":360,"index_ppm":800000,"account_fen":10000000,` +
		`"deemed_months":36,"as_of":"2026-08","region":"110000","base_fen":1204900}`
	got := decoded[agency.Estimate](t, d.do(body(d.at(1, "pension.estimate"), golden)))
	if got.Retire != 203812 || got.Basic != 325323 || got.Personal != 116734 || got.Transition != 36147 || got.Total != 478204 || got.Divisor != "118.3" {
		t.Errorf("got %+v, want 3,253.23 + 1,167.34 + 361.47 = 4,782.04 from 2038-12", got)
	}
	if !got.Verified {
		t.Errorf("Beijing's rules were all read in the source, got verified false: %q", got.Assumptions)
	}
	// Elsewhere, if the person gives no base, a textbook's stands in.
	elsewhere := strings.NewReplacer("110000", "420500", "1204900", "0").Replace(golden)
	got = decoded[agency.Estimate](t, d.do(body(d.at(1, "pension.estimate"), elsewhere)))
	if got.Verified {
		t.Errorf("an estimate for Yichang says that it is verified: %q", got.Assumptions)
	}
}

func TestPoliciesAreFoundByWordAndDay(t *testing.T) {
	d := newDesk(t)
	find := func(query string) (regions []string) {
		for _, p := range decoded[agency.Policies](t, d.do(httptest.NewRequest("GET", "/v1/policies?"+query, nil))).Items {
			regions = append(regions, p.Region+"@"+p.From.String())
		}
		return regions
	}
	all := find("")
	for _, c := range []struct {
		query string
		want  string // a policy that must be there, or with a "-" must not
	}{
		{"q=outpatient+POOLING&as_of=2023-01-01", "CN-420500@2023-01-01"},
		{"q=outpatient&as_of=2022-12-31", "-CN-420500@2023-01-01"},
		{"q=no-such-word", "-CN-420500@2023-01-01"},
	} {
		got := strings.Join(find(c.query), " ")
		region, absent := strings.CutPrefix(c.want, "-")
		if strings.Contains(got, region) == absent {
			t.Errorf("%s finds %s of %v", c.query, got, all)
		}
	}
}
