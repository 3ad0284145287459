package sut_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/cli"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// asked is a request in a role: people come with a token, banks and hospitals sign.
func (d *desk) asked(t testing.TB, who agency.Caller, method, path, media, key string, body []byte) *http.Request {
	t.Helper()
	r := scenarios.Request{Method: method, Path: path, Body: body}
	if body != nil {
		r.Header = append(r.Header, scenarios.Header{Name: "Content-Type", Value: media})
	}
	if key != "" {
		r.Header = append(r.Header, scenarios.Header{Name: "Idempotency-Key", Value: key})
	}
	if (workflow.Bank | workflow.Hospital).Has(who.Role) {
		fatal(t, d.keys.Sign(who.Subject, &r, noon, time.Hour))
	} else {
		token, err := d.keys.Token(who, noon, time.Hour)
		fatal(t, err)
		r.Header = append(r.Header, scenarios.Header{Name: "Authorization", Value: "Bearer " + token})
	}
	return received(r)
}

// refused wants a problem of a status and a code.
func refused(t *testing.T, name string, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var p struct{ Type, Detail string }
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Type != "urn:peakday:problem:"+code || p.Detail == "" {
		t.Errorf("%s: %d %s, want %d %s with a detail", name, w.Code, w.Body, status, code)
	}
}

const jsonType = "application/json"

// TestNobodyLearnsWhichIdsExist asks for what is another's, for what another stood with at the opening, and for what is
// not there: the same answer, after the same work, so that neither answer nor time tells them apart. Work is counted, in calls
// of the store: a clock would measure the machine.
func TestNobodyLearnsWhichIdsExist(t *testing.T) {
	counts := &counting{}
	d := newDesk(t, newFixed(t), deskConfig{people: 300, wrap: func(s store.Store) store.Store {
		counts.Store = s
		return counts
	}})
	me, other := d.citizen(t, 0), d.citizen(t, 1)
	mine := agency.Caller{Role: workflow.Citizen, Subject: fmt.Sprint(me.Index)}
	begun := d.begin(t, agency.Caller{Role: workflow.Citizen, Subject: fmt.Sprint(other.Index)}, "POST", "/v1/transfers", `{"to_region":"510000"}`, "transfer")
	settled := agency.Caller{Role: workflow.Hospital, Subject: "H0001"}
	d.begin(t, settled, "POST", "/v1/claims", fmt.Sprintf(`{"visit":"V1","id_no":%q,"hospital":"H0001","tier":1,"visit_date":"2023-01-01","lines":[{"item":"A","qty":1,"unit_fen":100,"in_policy":true}]}`, other.IDNumber), "claim")
	firm := d.people.Employer(me.Employer).ID
	for _, c := range []struct {
		name        string
		who         agency.Caller
		path        string
		there, none []string // ids of others, of nobody
	}{
		{"a transfer", mine, "/v1/transfers/", []string{begun, population.TransferID(other.Index, 3)}, []string{"TR-XAAAAAAAAAAAAAAAA", "TR-" + fmt.Sprint(other.Index+1) + "-x"}},
		{"a benefit", mine, "/v1/benefits/", []string{population.CaseID(other.Index, 5)}, []string{"BC-XAAAAAAAAAAAAAAAA", "BC-999999999-5"}},
		{"a visit", agency.Caller{Role: workflow.Hospital, Subject: "H0002"}, "/v1/claims/", []string{"V1", population.ClaimID(1, other.Index, 1)}, []string{"V2", "H0002-B999999999-1"}},
		{"a declaration", agency.Caller{Role: workflow.Employer, Subject: firm}, "/v1/declarations/", []string{population.DeclarationID(d.otherFirm(me.Employer))}, []string{"D-XAAAAAAAAAAAAAAAA", "D-E999999-202212"}},
		{"a job", agency.Caller{Role: workflow.Employer, Subject: firm}, "/v1/jobs/", []string{population.JobID(d.otherFirm(me.Employer))}, []string{"J-XAAAAAAAAAAAAAAAA", "J-E999999-202212"}},
		{"a payment", agency.Caller{Role: workflow.Bank, Subject: "B01"}, "/v1/payments/", []string{"T-of-another-bank"}, []string{"T-of-nobody"}},
	} {
		if c.name == "a payment" {
			d.begin(t, agency.Caller{Role: workflow.Bank, Subject: "B02"}, "POST", "/v1/payments", push("B02", "T-of-another-bank", firm, me.IDNumber, 100), "payment")
		}
		var first *httptest.ResponseRecorder
		var cost work
		for _, id := range append(c.there, c.none...) {
			counts.work = work{}
			w := d.do(d.asked(t, c.who, "GET", c.path+id, "", "", nil))
			if first == nil {
				first, cost = w, counts.work
				refused(t, c.name, w, http.StatusNotFound, "not-found")
			}
			if w.Code != first.Code || w.Body.String() != first.Body.String() || counts.work != cost {
				t.Errorf("%s %s: %d %s after %v; another's: %d %s after %v", c.name, id, w.Code, w.Body, counts.work, first.Code, first.Body, cost)
			}
		}
	}
	// Logging in: an unknown number and a wrong PIN.
	for _, id := range []string{me.IDNumber, "99010119700101001X", ""} {
		counts.work = work{}
		r := httptest.NewRequest("POST", "/v1/sessions", strings.NewReader(fmt.Sprintf(`{"id_no":%q,"pin":"wrong"}`, id)))
		r.Header.Set("Content-Type", jsonType)
		w := d.do(r)
		refused(t, "a login", w, http.StatusUnauthorized, "bad-credentials")
		if counts.work != (work{}) {
			t.Errorf("a login that is refused asked the store: %v", counts.work)
		}
	}
	sound(t, d.store)
}

// citizen is the n-th person at work.
func (d *desk) citizen(t testing.TB, n int) population.Person {
	t.Helper()
	for i := range d.people.Size() {
		if who := d.people.Person(i); who.Status == population.Active && who.Months > 0 {
			if n--; n < 0 {
				return who
			}
		}
	}
	t.Fatal("too few people are at work")
	return population.Person{}
}

func (d *desk) otherFirm(e int) int { return (e + 1) % d.people.Employers() }

// begin does something that succeeds and returns the id of the transfer that came of it, if one did.
func (d *desk) begin(t testing.TB, who agency.Caller, method, path, body, key string) (transfer string) {
	t.Helper()
	w := d.do(d.asked(t, who, method, path, jsonType, key, []byte(body)))
	var answer struct {
		Transfer string `json:"transfer"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return answer.Transfer
}

func push(bank, txn, employer, idNo string, fen int) string {
	return fmt.Sprintf(`{"bank":%q,"bank_txn":%q,"employer":%q,"id_no":%q,"month":"2023-01","amount_fen":%d,"value_date":"2023-01-16"}`, bank, txn, employer, idNo, fen)
}

// TestEmployerSeesNobodyElsesStaff: whoever is not one's own cannot be declared, enrolled or read, and the refusal is that for
// a number that nobody has.
func TestEmployerSeesNobodyElsesStaff(t *testing.T) {
	d := newDesk(t, newFixed(t), deskConfig{people: 300})
	mine := d.citizen(t, 0)
	theirs := d.citizen(t, 0)
	for n := 1; theirs.Employer == mine.Employer; n++ {
		theirs = d.citizen(t, n)
	}
	boss := agency.Caller{Role: workflow.Employer, Subject: d.people.Employer(mine.Employer).ID}
	file := func(month, idNo string) []byte {
		return fmt.Appendf(nil, `{"employer":%q,"month":%q}`+"\n"+`{"person":%q,"wage_fen":500000}`+"\n", boss.Subject, month, idNo)
	}
	codes := make(map[string]string)
	for i, idNo := range []string{theirs.IDNumber, "99010119700101001X"} {
		w := d.do(d.asked(t, boss, "POST", "/v1/declarations", "application/x-ndjson", "file"+idNo, file(fmt.Sprintf("2023-0%d", i+1), idNo)))
		var answer agency.Declared
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Rejected) == 0 {
			t.Fatalf("%d %s, want a rejected line", w.Code, w.Body)
		}
		codes[idNo] = string(answer.Rejected[0].Code)
	}
	if codes[theirs.IDNumber] != "not-staff" || codes[theirs.IDNumber] != codes["99010119700101001X"] {
		t.Errorf("declaring another's staff and nobody: %v, want not-staff for both", codes)
	}
	for _, suffix := range []string{"", "/lines"} {
		w := d.do(d.asked(t, boss, "GET", "/v1/declarations/"+population.DeclarationID(theirs.Employer)+suffix, "", "", nil))
		refused(t, "reading another's declaration"+suffix, w, http.StatusNotFound, "not-found")
	}
	w := d.do(d.asked(t, boss, "POST", "/v1/declarations", "application/x-ndjson", "as-another",
		bytes.Replace(file("2023-03", theirs.IDNumber), []byte(boss.Subject), []byte(d.people.Employer(theirs.Employer).ID), 1)))
	refused(t, "declaring as another", w, http.StatusForbidden, "other-employer")
	w = d.do(d.asked(t, boss, "POST", "/v1/enrolments", jsonType, "enrol", fmt.Appendf(nil, `{"id_no":%q,"employer":%q}`, theirs.IDNumber, d.people.Employer(theirs.Employer).ID)))
	refused(t, "enrolling for another", w, http.StatusForbidden, "other-employer")
	w = d.do(d.asked(t, boss, "POST", "/v1/enrolments/"+theirs.ID+":suspend", "", "suspend", nil))
	refused(t, "suspending another's", w, http.StatusNotFound, "not-found")
	sound(t, d.store)
}

// TestBankMessagesCannotBeReplayed: what was sent is done once, whoever sends it again and however changed.
func TestBankMessagesCannotBeReplayed(t *testing.T) {
	d := newDesk(t, newFixed(t), deskConfig{people: 300})
	who := d.citizen(t, 0)
	firm := d.people.Employer(who.Employer).ID
	bank := agency.Caller{Role: workflow.Bank, Subject: "B01"}
	send := func(key, body string) *http.Request {
		return d.asked(t, bank, "POST", "/v1/payments", jsonType, key, []byte(body))
	}
	body := push("B01", "T1", firm, who.IDNumber, 10_000)
	first := d.do(send("k1", body))
	if first.Code != http.StatusCreated {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	again := d.do(send("k1", body))
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("the same message: %d %s, want %s once more", again.Code, again.Body, first.Body)
	}
	refused(t, "a new key for the same bank_txn", d.do(send("k2", body)), http.StatusConflict, "payment-received")
	refused(t, "another amount for the same bank_txn", d.do(send("k3", push("B01", "T1", firm, who.IDNumber, 20_000))), http.StatusUnprocessableEntity, "other-amount")
	refused(t, "another body for the same key", d.do(send("k1", push("B01", "T2", firm, who.IDNumber, 10_000))), http.StatusUnprocessableEntity, "key-reused")

	tampered := send("k4", push("B01", "T4", firm, who.IDNumber, 10_000))
	changed := httptest.NewRequest("POST", "/v1/payments", strings.NewReader(push("B01", "T4", firm, who.IDNumber, 90_000)))
	changed.Header = tampered.Header
	refused(t, "a body that was changed on the way", d.do(changed), http.StatusBadRequest, "bad-digest")
	rekeyed := send("k5", push("B01", "T5", firm, who.IDNumber, 10_000))
	rekeyed.Header.Set("Idempotency-Key", "k6")
	refused(t, "a key that was changed on the way", d.do(rekeyed), http.StatusUnauthorized, "bad-signature")
	refused(t, "another bank's payment", d.do(send("k7", push("B02", "T7", firm, who.IDNumber, 10_000))), http.StatusForbidden, "other-bank")

	if n := len(effects(t, d.store)); n != 2 { // the founding and the one payment
		t.Errorf("%d transactions, want 2", n)
	}
	sound(t, d.store)
}

// TestSkewedClocksAreRefused: a message or token of the future, or of the past, is refused, and the refusal names the clock.
func TestSkewedClocksAreRefused(t *testing.T) {
	now := noon
	d := newDesk(t, newFixed(t), deskConfig{now: func() time.Time { return now }})
	who := d.citizen(t, 0)
	body := []byte(push("B01", "T1", d.people.Employer(who.Employer).ID, who.IDNumber, 10_000))
	signed := d.asked(t, agency.Caller{Role: workflow.Bank, Subject: "B01"}, "POST", "/v1/payments", jsonType, "k", body)
	citizen := agency.Caller{Role: workflow.Citizen, Subject: fmt.Sprint(who.Index)}
	for _, c := range []struct {
		name           string
		skew           time.Duration // of the service
		payment, token string        // the codes of the refusals
	}{
		{"an hour behind", -time.Hour, "clock-skewed", "bad-token"},
		{"two hours ahead", 2 * time.Hour, "signature-expired", "bad-token"},
	} {
		now = noon.Add(c.skew)
		r := httptest.NewRequest("POST", "/v1/payments", bytes.NewReader(body))
		r.Header = signed.Header
		refused(t, c.name, d.do(r), http.StatusUnauthorized, c.payment)
		refused(t, c.name, d.do(d.asked(t, citizen, "GET", "/v1/me/account", "", "", nil)), http.StatusUnauthorized, c.token)
	}
	now = noon.Add(20 * time.Second) // clocks are never quite the same
	if w := d.do(signed); w.Code != http.StatusCreated {
		t.Errorf("20 s ahead: %d %s", w.Code, w.Body)
	}
	sound(t, d.store)
}

// TestFilesThatHarmAreRefused: a gzip bomb is given up before it is unpacked, and a cell that a spreadsheet would run is
// neither taken nor given.
func TestFilesThatHarmAreRefused(t *testing.T) {
	d := newDesk(t, newFixed(t), deskConfig{people: 300})
	who := d.citizen(t, 0)
	boss := agency.Caller{Role: workflow.Employer, Subject: d.people.Employer(who.Employer).ID}

	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	block := make([]byte, 1<<20)
	for range 512 {
		_, err := z.Write(block)
		fatal(t, err)
	}
	fatal(t, z.Close())
	r := d.asked(t, boss, "POST", "/v1/declarations", "application/x-ndjson", "bomb", bomb.Bytes())
	r.Header.Set("Content-Encoding", "gzip")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := d.do(r)
	runtime.ReadMemStats(&after)
	refused(t, "a bomb", w, http.StatusRequestEntityTooLarge, "body-too-large")
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("a bomb of %d KB that unpacks to 512 MB took %d MB", bomb.Len()>>10, used>>20)
	}

	for _, cell := range []string{`=HYPERLINK("http://x")`, "+1", "-1+2", "@SUM(A1)", "\t=1"} {
		file := fmt.Appendf(nil, "%s,2023-01\nperson,wage_fen\n%s,500000\n", boss.Subject, cell)
		w := d.do(d.asked(t, boss, "POST", "/v1/declarations", "text/csv", "csv"+fmt.Sprint(len(cell)), file))
		var answer agency.Declared
		err := json.Unmarshal(w.Body.Bytes(), &answer)
		if taken := err == nil && w.Code < 300 && answer.Accepted > 0; taken || strings.Contains(w.Body.String(), cell) {
			t.Errorf("a line for %q: %d %s", cell, w.Code, w.Body)
		}
	}
	var csv bytes.Buffer
	fatal(t, agency.DeclarationLines{Items: []agency.DeclaredLine{{Person: `=cmd|' /C calc'!A0`, Wage: -5}}}.WriteCSV(&csv))
	if want := "'=cmd|' /C calc'!A0,-5,"; !strings.Contains(csv.String(), want) {
		t.Errorf("exported %q, want %s in it", csv.String(), want)
	}
	sound(t, d.store)
}

// TestTruncatedAuditLogIsNoticed cuts the end off an exported log, which is a valid shorter chain: only what the service
// signed while it ran tells.
func TestTruncatedAuditLogIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	dir := t.TempDir()
	db, log := filepath.Join(dir, "ledger.db"), filepath.Join(dir, "audit.ndjson")
	s := start(t, sut.Config{People: 100, DB: db})
	tr := requests(t, 100)
	for seq := range uint64(30) {
		r, err := tr.At(seq, "claims.settle")
		fatal(t, err)
		if status, _, body, err := send(s.URL(), r); err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s %v", status, body, err)
		}
	}
	fatal(t, s.Close(t.Context()))
	var whole, key bytes.Buffer
	fatal(t, sut.ExportAudit(t.Context(), db, &whole))
	if code := cli.Main(t.Context(), []string{"sut", "audit", "key", db + ".keys"}, strings.NewReader(""), &key, os.Stderr); code != 0 {
		t.Fatalf("the key: %d", code)
	}
	verify := func(text []byte) (int, string) {
		fatal(t, os.WriteFile(log, text, 0o600))
		var out bytes.Buffer
		code := cli.Main(t.Context(), []string{"sut", "audit", "verify", log, "--anchors", db + ".anchors", "--key", strings.TrimSpace(key.String())}, strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	if code, said := verify(whole.Bytes()); code != 0 {
		t.Fatalf("the whole log: %d %s", code, said)
	}
	lines := bytes.SplitAfter(whole.Bytes(), []byte("\n"))
	for name, cut := range map[string][][]byte{
		"without its last event": lines[:len(lines)-2], "with its head alone": lines[:1], "without one in the middle": append(append([][]byte{}, lines[:9]...), lines[10:]...),
	} {
		code, said := verify(bytes.Join(cut, nil))
		if code != 3 || !strings.HasPrefix(said, "broken: ") {
			t.Errorf("a log %s: %d %s, want it broken", name, code, said)
		}
	}
	report, err := sut.Check(t.Context(), db)
	if err != nil || !report.Sound {
		t.Errorf("%+v, %v", report, err)
	}
}
