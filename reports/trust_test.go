package reports_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/watch"
	"github.com/peakday/peakday/scenarios"
)

// watched is the table of a machine on which everything could be read and nothing is over its limit.
func watched() []result.Check {
	var calm hist.Histogram
	calm.Record(time.Millisecond)
	account := watch.Account{Cores: 2, OpenFiles: 1000, Ports: 1000}
	account.Add(watch.Sample{})
	account.Add(watch.Sample{At: 10 * time.Second, CPU: time.Second})
	return account.Checks(watch.Seen{Lateness: &calm, Lag: &calm}, watch.Standard(5*time.Millisecond))
}

func TestTheTextShowsOfWhatWasWatchedWhatJudges(t *testing.T) {
	foremost := []string{"lateness p99", "stood still", "clock step", "out of resources", "throttled"}
	at := func(checks []result.Check, name string) *result.Check {
		i := slices.IndexFunc(checks, func(c result.Check) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("nobody watches %q any more", name)
		}
		return &checks[i]
	}
	for _, c := range []struct {
		name   string
		change func(checks []result.Check)
		more   []string // that are shown beside those that judge
		says   string
	}{
		{"all within their limits", func([]result.Check) {}, nil, "… and 8 more within their limits"},
		{"one over its limit, without harm", func(checks []result.Check) {
			cpu := at(checks, "cpu")
			cpu.Value, cpu.Note = 0.93, "over its limit, without harm to the sending"
		}, []string{"cpu"}, "cpu 93.0 % 90 % noted over its limit, without harm to the sending … and 7 more within their limits"},
		{"one that nobody could read", func(checks []result.Check) {
			at(checks, "gc pauses").Note = "not known: no such file"
		}, []string{"gc pauses"}, "gc pauses – 1 % not known not known: no such file … and 7 more within their limits"},
		{"an invalid run has all", func(checks []result.Check) {
			late := at(checks, "lateness p99")
			late.Value, late.OK, late.Note = 0.009, false, "requests left late"
		}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			checks := watched()
			c.change(checks)
			end := &result.End{Checks: checks}
			want := append(slices.Clone(foremost), c.more...)
			if c.says == "" {
				end.Invalid = []string{checks[0].String()}
				want = nil
				for _, check := range checks {
					want = append(want, check.Name)
				}
			}
			doc, r := facts(scenarios.Scenario{GoodWithin: time.Second}, visits(end))
			text := write(t, "text", doc)
			for _, check := range checks {
				if shown := strings.Contains(text, "\n"+check.Name+"  "); shown != slices.Contains(want, check.Name) {
					t.Errorf("%s: shown is %t in\n%s", check.Name, shown, text)
				}
				for _, format := range []string{"html", "markdown"} {
					if !strings.Contains(write(t, format, doc), check.Name) {
						t.Errorf("%s lacks %s", format, check.Name)
					}
				}
			}
			if flat := strings.Join(strings.Fields(text), " "); !strings.Contains(flat, c.says) || c.says == "" && strings.Contains(flat, "more within") {
				t.Errorf("want %q in\n%s", c.says, text)
			}
			if out, err := json.Marshal(r.Checks); err != nil || strings.Count(string(out), `"name"`) != len(checks) {
				t.Errorf("%v, want all %d in the JSON: %s", err, len(checks), out)
			}
		})
	}
}

func TestAnInvalidRunIsGivenItsFirstReasonInShort(t *testing.T) {
	for reason, want := range map[string]string{
		"out of resources is 12 requests, limit 0 requests: this machine had no descriptor; raise ulimit -n":                              "out of resources is 12 requests, limit 0 requests",
		"7.5 % of the planned arrivals were not sent, limit 1 %: 3 dropped with 40 in flight, 0 lost; raise the scenario's max_in_flight": "7.5 % of the planned arrivals were not sent, limit 1 %",
		"sending was stopped: the service died":                       "sending was stopped: the service died",
		"the arrivals hash to 1, in the plan to 2: odd; look at them": "the arrivals hash to 1, in the plan to 2: odd",
	} {
		doc, _ := facts(scenarios.Scenario{GoodWithin: time.Second}, visits(&result.End{Invalid: []string{reason, "another"}}))
		if want = "The measurement is invalid: " + want + "."; doc.Sentence != want {
			t.Errorf("%q, want %q", doc.Sentence, want)
		}
		if text := strings.Join(strings.Fields(write(t, "text", doc)), " "); !strings.Contains(text, "No: "+reason+"; another.") {
			t.Errorf("want all of %q under trust in\n%s", reason, text)
		}
	}
}
