package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// everything is a guard with all metrics, and what it and those before its database show.
func everything(t *testing.T) (*Guard, map[string]bool) {
	t.Helper()
	g := newGuard(t, Config{Quotas: []Quota{{Name: "q", Limit: Rate{1, time.Second}}}})
	g.metrics.registry.MustRegister(NewDB("read", 3), NewDBWait("update"))
	families, err := g.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range families {
		names[f.GetName()] = true
	}
	return g, names
}

func TestTheDashboardShowsEveryMetricAndNoOther(t *testing.T) {
	g, names := everything(t)
	w := httptest.NewRecorder()
	g.Admin().ServeHTTP(w, httptest.NewRequest("GET", "/debug/guard/dashboard", nil))
	var page struct {
		Title  string
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || page.Title == "" {
		t.Fatalf("%v in %s", err, w.Body)
	}
	shown := map[string]bool{}
	for _, p := range page.Panels {
		for _, target := range p.Targets {
			for _, name := range regexp.MustCompile(`peakday_guard_\w+`).FindAllString(target.Expr, -1) {
				name = strings.TrimSuffix(name, "_bucket")
				shown[name] = true
				if !names[name] {
					t.Errorf("panel %q shows %s, which there is not", p.Title, name)
				}
			}
			if strings.Count(target.Expr, "(") != strings.Count(target.Expr, ")") {
				t.Errorf("panel %q: %s", p.Title, target.Expr)
			}
		}
	}
	for name := range names {
		if strings.HasPrefix(name, "peakday_guard_") && !shown[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}

// What operators were promised. Rooms, trust and answers in time to come have
// none before there is something to count.
func TestEveryPromisedMetricIsThere(t *testing.T) {
	_, names := everything(t)
	for _, name := range []string{
		"decisions_total", "inflight", "limit", "elasticity", "level_threshold", "reject_ratio", "queue_length", "queue_sojourn_seconds",
		"latency_seconds", "goodput_total", "late_total", "wasted_seconds_total", "db_wait_seconds", "sched_latency_p99_seconds",
		"reject_cpu_seconds_total", "retry_attempts_total", "brownout_level", "fairness_jain", "fail_mode_total", "config_generation",
	} {
		if !names["peakday_guard_"+name] {
			t.Errorf("there is no peakday_guard_%s", name)
		}
	}
}

func TestTheMetricsAreBounded(t *testing.T) {
	g, _ := everything(t)
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	count := func() (n int) {
		families, err := g.metrics.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if strings.HasPrefix(f.GetName(), "peakday_guard_") {
				n += len(f.GetMetric())
			}
		}
		return n
	}
	before := count()
	for i := range 300 {
		r := httptest.NewRequest("GET", "/a/"+strings.Repeat("x", i), nil)
		r.Header.Set("Authorization", strings.Repeat("y", i))
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if after := count(); after != before || after > 300 {
		t.Errorf("%d series, and %d after requests of all kinds, want the same and at most 300", before, after)
	}
}

func TestASampledDecisionIsExplained(t *testing.T) {
	g := newGuard(t, Config{Routes: []Route{{Pattern: "/pay", Op: "pay", Class: admission.P1}}})
	p, v := g.plan.Load(), newVisit().(*visit)
	v.begin(g.now(), 5*sampleEvery)
	g.classify(p, httptest.NewRequest("GET", "/pay", nil), v)
	id := g.account(p, v, admission.Decision{Reason: admission.AboveThreshold, RetryAfter: 3 * time.Second})
	if id == "" || named(g.refusals.decision[v.Class][admission.AboveThreshold], id)[0] != "shed;reason=level;class=P1;id="+id {
		t.Errorf("the sample is called %q", id)
	}
	v.lot++
	if other := g.account(p, v, admission.Decision{}); other != "" {
		t.Errorf("one that is not sampled is called %q", other)
	}
	w := httptest.NewRecorder()
	g.Admin().ServeHTTP(w, httptest.NewRequest("GET", "/debug/guard/decisions?id="+id, nil))
	var list []Sample
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	s := list[0]
	if s.ID != id || s.Op != "pay" || s.Class != "P1" || s.Reason != "level" || s.Mode != Enforce || s.RetryAfter != 3 || s.Patience != 3 || s.Limit == 0 || s.Generation != 1 {
		t.Errorf("got %+v", s)
	}
	v.lot--
	for range 2 * ringSize {
		v.lot += sampleEvery
		g.account(p, v, admission.Decision{})
	}
	if list := g.ring.samples(""); len(list) != ringSize || list[0].ID <= list[1].ID && len(list[0].ID) == len(list[1].ID) {
		t.Errorf("%d are kept, want the last %d, the newest first", len(list), ringSize)
	}
}

// The documentation shows the example, so neither can go out of date alone.
func TestTheDocumentationShowsTheExample(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text := example(t)
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(string(doc), strings.TrimRight("//\t"+line, " \n")+"\n") {
			t.Errorf("doc.go has no line %q", line)
		}
	}
}
