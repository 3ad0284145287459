package sut_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/cli"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/traffic"
)

// privatePeople are all the people of these tests; each of their personal fields is looked for.
const privatePeople = 300

// secrets finds many strings in one pass. The zero value knows none.
type secrets struct {
	named  map[int]map[string]string // by length: whose and what, by the bytes
	begins []uint64                  // a bit for a hash of the first six bytes of each
}

const shortestSecret = 6

func (s *secrets) add(name, value string) {
	if len(value) < shortestSecret {
		panic("a secret of less than six bytes is found everywhere: " + name)
	}
	if s.named == nil {
		s.named, s.begins = make(map[int]map[string]string), make([]uint64, 1<<14)
	}
	if s.named[len(value)] == nil {
		s.named[len(value)] = make(map[string]string)
	}
	s.named[len(value)][value] = name
	h := beginning([]byte(value))
	s.begins[h>>6] |= 1 << (h & 63)
}

// beginning is 20 bits of the first six bytes.
func beginning(b []byte) uint64 {
	x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40
	return x * 0x9e3779b97f4a7c15 >> 44
}

// in names the secrets that stand in data, each once.
func (s *secrets) in(data []byte) (found []string) {
	for i := range max(0, len(data)-shortestSecret+1) {
		if h := beginning(data[i:]); s.begins[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for length, named := range s.named {
			if i+length > len(data) {
				continue
			}
			if name, ok := named[string(data[i:i+length])]; ok && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// forms are the ways in which a value could stand in a file: as it is, in hexadecimal, escaped as JSON may, and in base64 at
// each of the three places that a byte can have in it.
func forms(value string) []string {
	list := []string{value, hex.EncodeToString([]byte(value))}
	var escaped strings.Builder
	for _, r := range value {
		if r < 0x80 {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	if escaped.String() != value {
		list = append(list, escaped.String())
	}
	for before := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, before), value...))
		list = append(list, text[(8*before+5)/6:8*(before+len(value))/6]) // characters that hold bits of value alone
	}
	return list
}

// personal knows every identity number, telephone number, bank account and name of a population.
//
// Names of two characters are left out: there are 400 of them, made of characters such as 安, 和 and 平, and any Chinese text
// has some. Three characters make 8,000, and nothing that the service says is Chinese but names and policy texts.
func personal(people *population.Population) *secrets {
	s := &secrets{}
	for i := range people.Size() {
		who := people.Person(i)
		for what, value := range map[string]string{
			"identity number": who.IDNumber, "name": who.Name, "telephone": people.Phone(i), "bank account": people.BankAccount(i),
		} {
			if what == "name" && len([]rune(value)) < 3 {
				continue
			}
			for _, form := range forms(value) {
				s.add(fmt.Sprintf("%s of person %d", what, i), form)
			}
		}
	}
	for e := range people.Employers() {
		s.add(fmt.Sprintf("bank account of employer %d", e), people.EmployerAccount(e))
	}
	return s
}

// An output is something that a service or a drill wrote, and who sees it.
type output struct {
	name string
	data []byte
}

// TestNothingPersonalComesOut runs every operation, asks for what must be refused, and looks for every personal field of
// everybody in all that operators, auditors and thieves of a file get to see.
func TestNothingPersonalComesOut(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	people, err := population.New(seed, privatePeople)
	fatal(t, err)
	known := personal(people)
	dir := t.TempDir()
	var log lockedBuffer
	s := start(t, sut.Config{
		People: privatePeople, DB: filepath.Join(dir, "ledger.db"),
		Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	var sent, problems bytes.Buffer
	say := func(r scenarios.Request) {
		status, _, body, err := send(s.URL(), r)
		fatal(t, err)
		sent.Write(r.Body)
		sent.WriteString(r.Path + "\n")
		if status >= http.StatusBadRequest {
			problems.Write(body)
			if status >= http.StatusInternalServerError && status != http.StatusNotImplemented {
				t.Errorf("%s of %s: %d %s", r.Op, r.Path, status, body)
			}
			if found := known.in(body); len(found) > 0 {
				t.Errorf("%s: the refusal of %s repeats the %s: %s", r.Op, r.Path, found[0], body)
			}
		}
	}
	tr := requests(t, privatePeople)
	for _, op := range traffic.Operations() {
		for seq := range uint64(2 * privatePeople) {
			r, err := tr.At(seq, op.Name)
			fatal(t, err)
			say(r)
			if seq < 20 {
				for _, bad := range spoiled(people, tr.Person(seq), r) {
					fatal(t, resign(&bad))
					say(bad)
				}
			}
		}
	}
	var outputs []output
	for _, path := range []string{
		"/metrics", "/version", "/readyz", "/admin/ledger/head", "/admin/ledger/export", "/admin/audit/head", "/admin/audit/export", "/admin/audit/checkpoints",
		"/admin/policy-packs", "/admin/population", "/admin/check",
	} {
		status, body := get(t, s.AdminURL()+path)
		if status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
		outputs = append(outputs, output{path, []byte(body)})
	}
	outputs = append(outputs, files(t, dir)...) // with the write-ahead log, before it is folded in
	fatal(t, s.Close(context.Background()))
	outputs = append(outputs, files(t, dir)...)
	outputs = append(outputs, output{"the log", log.bytes()}, output{"problems", problems.Bytes()})

	if got := len(known.in(sent.Bytes())); got < privatePeople/2 {
		t.Fatalf("what was sent holds %d personal fields, want most people's: the run proves nothing", got)
	}
	for _, want := range []string{"ledger.db", "ledger.db-wal", "/metrics", "/admin/audit/export", "problems"} {
		if !slices.ContainsFunc(outputs, func(o output) bool { return o.name == want && len(o.data) > 1000 }) {
			t.Errorf("there is not enough of %s to look into", want)
		}
	}
	clean(t, known, outputs)
}

// spoiled are requests that the service must refuse, with personal fields where they do not belong.
func spoiled(people *population.Population, person uint64, r scenarios.Request) (list []scenarios.Request) {
	who := people.Person(int(person))
	add := func(change func(*scenarios.Request)) {
		bad := r
		bad.Header = nil
		for _, h := range r.Header {
			if h.Name == "Idempotency-Key" {
				h.Value += "-bad-" + strconv.Itoa(len(list)) // of a request of its own
			}
			bad.Header = append(bad.Header, h)
		}
		change(&bad)
		list = append(list, bad)
	}
	add(func(r *scenarios.Request) { r.Path += "/" + who.IDNumber })
	add(func(r *scenarios.Request) {
		r.Path += "?q=" + url.QueryEscape(who.Name) + "&from=" + who.IDNumber + "&cursor=" + who.IDNumber
	})
	add(func(r *scenarios.Request) { r.Path = "/v1/benefits/" + who.IDNumber })
	add(func(r *scenarios.Request) { r.Path = "/v1/certificates/" + people.Phone(int(person)) })
	add(func(r *scenarios.Request) {
		r.Header = append(r.Header, scenarios.Header{Name: "Authorization", Value: "Bearer " + who.IDNumber})
	})
	if r.Body == nil {
		return list
	}
	add(func(r *scenarios.Request) { r.Body = r.Body[:len(r.Body)-1] })
	add(func(r *scenarios.Request) { r.Body = fmt.Appendf(nil, `{"id_no":%q,"pin":"000000"}`, who.IDNumber) })
	add(func(r *scenarios.Request) {
		r.Body = fmt.Appendf(nil, `{"id_no":[%q],"name":%q}`, who.IDNumber, who.Name)
	})
	add(func(r *scenarios.Request) { r.Body = []byte(who.Name + " " + people.Phone(int(person))) })
	add(func(r *scenarios.Request) { r.Body = fmt.Appendf(nil, `{%q: 1}`, who.IDNumber) })
	texts := bytes.Count(r.Body, []byte(`":"`))
	for i := range min(texts, 10) {
		for _, private := range []string{who.IDNumber, who.Name} { // the other two cannot be told from a bank's own numbers
			add(func(r *scenarios.Request) { r.Body = into(r.Body, i, private) })
		}
	}
	return list
}

// into puts a text in the place of the n-th text of a JSON body.
func into(body []byte, n int, text string) []byte {
	const begin = `":"`
	at := 0
	for range n + 1 {
		at += bytes.Index(body[at:], []byte(begin)) + len(begin)
	}
	end := at + bytes.IndexByte(body[at:], '"')
	return slices.Concat(body[:at], []byte(text), body[end:])
}

// resign signs a request again that a partner had signed: what is wrong with it must be found out by what it says.
func resign(r *scenarios.Request) error {
	keep := r.Header[:0:0]
	partner := ""
	for _, h := range r.Header {
		switch h.Name {
		case "Signature-Input":
			_, partner, _ = strings.Cut(h.Value, `keyid="`)
			partner, _, _ = strings.Cut(partner, `"`)
		case "Signature", "Content-Digest":
		default:
			keep = append(keep, h)
		}
	}
	if partner == "" {
		return nil
	}
	r.Header = keep
	return traffic.NewKeys(seed).Sign(partner, r, time.Now(), time.Hour)
}

// TestDrillReportsNothingPersonal drills the service for a few seconds and looks into everything that is left of it.
func TestDrillReportsNothingPersonal(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes and loads them")
	}
	people, err := population.New(seed, privatePeople)
	fatal(t, err)
	dir := t.TempDir()
	scenario := filepath.Join(dir, "short.yaml")
	fatal(t, os.WriteFile(scenario, fmt.Appendf(nil, `name: short
seed: %d
service: {people: %d}
shape:
  base: 60/s
  phases:
    - {hold: 2s, rate: 1x}
arrivals: even
mix: N
timeout: 5s
good_within: 5s
variants:
  - {name: unprotected}
  - {name: protected, guard: true}
budgets: [success >= 1%%]
`, seed, privatePeople), 0o600))
	out := filepath.Join(dir, "out")
	var stdout, stderr bytes.Buffer
	code := cli.Main(t.Context(), []string{"drill", scenario, "--out", out, "--db", filepath.Join(out, "db"), "--max-lateness", "2s"}, strings.NewReader(""), &stdout, &stderr)
	if code != 0 && code != 5 { // 5: the machine was too busy to measure, which is nothing to this test
		t.Fatalf("the drill ended with %d:\n%s%s", code, stdout.String(), stderr.String())
	}
	outputs := append(files(t, out), output{"stdout", stdout.Bytes()}, output{"stderr", stderr.Bytes()})
	for _, want := range []string{"drill.json", "report.html", "protected.run", "unprotected.run"} {
		if !slices.ContainsFunc(outputs, func(o output) bool { return o.name == want && len(o.data) > 0 }) {
			t.Errorf("the drill left no %s", want)
		}
	}
	clean(t, personal(people), outputs)
}

// TestPlantedFieldsAreFound shows that the search finds each kind of field, in each form, in the middle of a database.
func TestPlantedFieldsAreFound(t *testing.T) {
	people, err := population.New(seed, privatePeople)
	fatal(t, err)
	known := personal(people)
	const person = 17
	who := people.Person(person)
	if len([]rune(who.Name)) < 3 {
		t.Fatal("want somebody with a name of three characters")
	}
	page := bytes.Repeat([]byte("\x00\x01page 9901 1420 999900 "), 200)
	if found := known.in(page); found != nil {
		t.Fatalf("found %q in a page without any", found)
	}
	for what, value := range map[string]string{
		"identity number": who.IDNumber, "name": who.Name, "telephone": people.Phone(person), "bank account": people.BankAccount(person),
	} {
		for name, text := range map[string]string{
			"as it is": value, "quoted": fmt.Sprintf("%q", value), "hexadecimal": hex.EncodeToString([]byte(value)),
			"base64": base64.StdEncoding.EncodeToString([]byte("some" + value + "more")), "base64 of a URL": base64.RawURLEncoding.EncodeToString([]byte("xy" + value)),
		} {
			data := slices.Concat(page, []byte(text), page)
			if found, want := known.in(data), fmt.Sprintf("%s of person %d", what, person); !slices.Equal(found, []string{want}) {
				t.Errorf("%s %s: found %q, want %q", what, name, found, want)
			}
		}
	}
}

// clean fails for each output with a personal field.
func clean(t *testing.T, known *secrets, outputs []output) {
	t.Helper()
	total := 0
	for _, o := range outputs {
		total += len(o.data)
		if found := known.in(o.data); len(found) > 0 {
			t.Errorf("%s holds %d personal fields, the first the %s", o.name, len(found), found[0])
		}
	}
	t.Logf("looked for %d fields in %d outputs of %d KB", fields(known), len(outputs), total>>10)
}

func fields(s *secrets) int {
	names := make(map[string]bool)
	for _, named := range s.named {
		for _, name := range named {
			names[name] = true
		}
	}
	return len(names)
}

// files are all files below a folder, by their base names.
func files(t *testing.T, dir string) (list []output) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		list = append(list, output{filepath.Base(path), data})
		return err
	})
	fatal(t, err)
	return list
}

// A lockedBuffer is a buffer that goroutines share.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}
