package reports_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

func TestVerdictAndSentence(t *testing.T) {
	s := flagship(t)
	unprotected, protected := runs(t)
	late := *unprotected.End
	late.Invalid = []string{"lateness p99 of 450 µs is over 1 ns"}
	invalid := *unprotected
	invalid.End = &late
	header, r := rehearse(s, "protected", 63)
	partial := written(t, header, r, false)
	stopped, brief := stop(t, s, 12), stop(t, s, 30)
	share, absent := s, s
	share.Budgets = []scenarios.Budget{budget(t, "P0 success >= 50%")}
	absent.Budgets = []scenarios.Budget{budget(t, "P2 p95 <= 1s")}
	strict := s
	strict.Budgets = append(strict.Budgets[:2:2], budget(t, "admitted p95 <= 1ms"))
	wrong := s
	wrong.Oracles = []scenarios.Budget{budget(t, "answered mean <= 20s")}
	for _, c := range []struct {
		name     string
		scenario scenarios.Scenario
		runs     []*result.Run
		verdict  scenarios.Verdict
		exit     int
		says     string
	}{
		{"budgets and oracles hold", s, []*result.Run{unprotected, protected}, scenarios.Pass, gate.ExitPass, "Protected, 2,263 people were served within 3 s and the service answered 78.7/s of its 80/s in time while 1,500/s came in; unprotected, 295 people and 0/s: half of those it let in waited 28.0 s or more."},
		{"a missed budget says by how much", strict, []*result.Run{unprotected, protected}, scenarios.Fail, gate.ExitFail, "admitted p95 <= 1ms: 816 ms, missed by 815 ms; protected,"},
		{"a missed oracle says that the instrument is off", wrong, []*result.Run{unprotected, protected}, scenarios.Invalid, gate.ExitInvalid, "The instrument is off: answered mean <= 20s: 28.0 s, missed by"},
		{"an invalid run decides although its budgets do not", s, []*result.Run{&invalid, protected}, scenarios.Invalid, gate.ExitInvalid, "The measurement is invalid: lateness p99"},
		{"a partial run says so and what was recorded", s, []*result.Run{unprotected, partial}, scenarios.Inconclusive, gate.ExitInconclusive, "The run protected is partial: it was cut off, and 20 s of it were recorded; by then it had sent 15,796 requests, of which 922 were answered within 3 s"},
		{"a partial run that failed says both", strict, []*result.Run{partial}, scenarios.Fail, gate.ExitFail, "20 s of it were recorded; admitted p95 <= 1ms: 816 ms, missed by"},
		{"one run alone decides, even the first variant's", s, []*result.Run{unprotected}, scenarios.Fail, gate.ExitFail, "goodput >= 0.90*capacity: 0/s, missed by 72.0/s (100 %); 295 people were served within 3 s and the service answered 0/s of its 80/s in time while"},
		{"a run stopped before the judged span has no rates to tell", s, []*result.Run{stopped}, scenarios.Inconclusive, gate.ExitInconclusive, "Interrupted after 12 s: no verdict; 355 people were served within 3 s."},
		{"a run that was stopped and failed says that it was stopped first", strict, []*result.Run{unprotected, brief}, scenarios.Fail, gate.ExitFail, "Interrupted after 30 s: admitted p95 <= 1ms: 816 ms, missed by 815 ms"},
		{"a missed share is missed by points", share, []*result.Run{unprotected, protected}, scenarios.Fail, gate.ExitFail, "P0 success >= 50%: 5.24 %, missed by 44.8 points; protected,"},
		{"a budget without sample says why", absent, []*result.Run{unprotected, protected}, scenarios.Inconclusive, gate.ExitInconclusive, "No verdict: P2 p95 <= 1s: no request of P2 in the span; protected,"},
		{"no run is no pass", s, nil, scenarios.Inconclusive, gate.ExitInconclusive, "Nothing was run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := reports.Drill{Scenario: c.scenario, Declared: c.scenario.Capacity, Variants: reports.Judge(c.scenario, c.scenario.Capacity, c.runs)}
			doc := reports.Build(d)
			if doc.Verdict != c.verdict || doc.ExitCode != c.exit {
				t.Errorf("verdict %s with exit code %d, want %s with %d", doc.Verdict, doc.ExitCode, c.verdict, c.exit)
			}
			if !strings.Contains(doc.Sentence, c.says) {
				t.Errorf("sentence %q, want one with %q", doc.Sentence, c.says)
			}
			for _, f := range reports.Formats() { // whatever happened, every format can say it
				if out := write(t, f.Name, doc); f.Name != "junit" && !strings.Contains(strings.ToLower(out), string(c.verdict)) {
					t.Errorf("%s does not name the verdict %s", f.Name, c.verdict)
				}
			}
		})
	}
}

func TestThePartialReportShowsWhatWasRecorded(t *testing.T) {
	s := flagship(t)
	header, r := rehearse(s, "protected", 63)
	doc := reports.Build(reports.Drill{Scenario: s, Declared: s.Capacity, Variants: reports.Judge(s, s.Capacity, []*result.Run{written(t, header, r, false)})})
	text := write(t, "text", doc)
	for _, want := range []string{"20 s, partial", "because the run is partial", "people served within 3 s              –", "unfinished                           65", "came in                    1,500/s"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if page := write(t, "html", doc); !strings.Contains(page, "This report is partial.") || strings.Count(page, "<svg") < 4 {
		t.Error("the page does not say that it is partial, or has lost its pictures")
	}
}

// stop plays the flagship with a guard and interrupts it in a second.
func stop(t testing.TB, s scenarios.Scenario, second int) *result.Run {
	header, r := rehearse(s, "protected", 63)
	for i := range r.ticks {
		r.ticks[i].Cells = slices.DeleteFunc(r.ticks[i].Cells, func(c result.Cell) bool { return c.Due >= second })
	}
	r.end.Interrupted, r.end.Planned = true, 5000
	return written(t, header, r, true)
}

func TestAnInvalidRunShowsNoMiss(t *testing.T) {
	s := flagship(t)
	s.Budgets = append(s.Budgets, budget(t, "admitted p95 <= 1ms"))
	unprotected, protected := runs(t)
	protected.End.Invalid = []string{"lateness p99 of 9 ms is over 5 ms"}
	text := write(t, "text", reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected, protected})}))
	if got := regexp.MustCompile(`(?m)^admitted p95 <= 1ms +protected +816 ms +1 ms +– +1,574 +(\w+)$`).FindStringSubmatch(text); got == nil || got[1] != "invalid" {
		t.Errorf("want a row of the budget that says invalid and misses nothing in\n%s", text)
	}
}

func TestLatenessIsSaidToBeOfTheWholeRun(t *testing.T) {
	s := flagship(t)
	_, protected := runs(t)
	for text, want := range map[string]bool{"lateness p99 <= 5ms": true, "admitted p95 <= 3s": false} {
		s.Budgets = []scenarios.Budget{budget(t, text)}
		out := write(t, "text", reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})}))
		if got := strings.Contains(out, "samples are of the whole run"); got != want {
			t.Errorf("%s: said %v, want %v:\n%s", text, got, want, out)
		}
	}
}

func TestCapacityWithoutLatencyBudgets(t *testing.T) {
	d := drill(t)
	d.Capacity.Budgets = nil
	text := strings.Join(strings.Fields(write(t, "text", reports.Build(d))), " ")
	if !strings.Contains(text, "kept up from 14 to 30 s, where no latency budget was judged; 98.0 % of") {
		t.Errorf("want no budget that held in\n%s", text)
	}
}

func TestRemarksOfAllRunsAreMadeOnce(t *testing.T) {
	text := write(t, "text", reports.Build(drill(t)))
	for _, remark := range []string{"Mix R without 1 operation", "The service's ledger after the run: 2 checks hold: I1, I2"} {
		if n := strings.Count(text, remark); n != 1 {
			t.Errorf("%q stands there %d times, want once:\n%s", remark, n, text)
		}
	}
}

func TestTheForecastIsToldWhole(t *testing.T) {
	var out strings.Builder
	if err := reports.WriteForecast(&out, *drill(t).Forecast); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"18,174 bins of 5 min", "18,143 observed, 31 missing.", "Seasons: 24 h and 7 days.", "Forecast is the highest bin in each 15 min.",
		"The peak of the 24 h from 1998-07-03 00:00", "Most likely in the hour from 21:00 (60 %), then from 15:00 (40 %).",
		"hour of the day 50 %", "usual hour in logs 70 %", "Rehearsed on the last 14 windows", "would have held on 12 of 14.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, out.String())
		}
	}
}

func TestTheForecastAloneIsAPageAndAPicture(t *testing.T) {
	f := *drill(t).Forecast
	past := series.Series{Start: f.Start.Add(-96 * time.Hour), Step: 15 * time.Minute}
	for i := range 4 * 96 {
		past.Values = append(past.Values, f.Point[i%96])
	}
	past.Values[17] = math.NaN()
	doc := reports.Forecast(f, past)
	if want := "In the 24 h from 1998-07-03 00:00 the peak stays under "; !strings.HasPrefix(doc.Sentence, want) {
		t.Errorf("sentence %q, want it to begin with %q", doc.Sentence, want)
	}
	page := write(t, "html", doc)
	for _, want := range []string{"What came, and what may come", "How high the peak may be", "stays under: 95 %", "largest so far"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Scenario") {
		t.Error("a forecast alone has no scenario to name")
	}
	var picture bytes.Buffer
	if err := reports.WriteForecastPNG(&picture, f, past); err != nil {
		t.Fatal(err)
	}
	if drawn, err := png.Decode(&picture); err != nil || drawn.Bounds().Dx() < 1000 || drawn.Bounds().Dy() < 1000 {
		t.Errorf("picture: %v (%v), want a thousand dots each way", drawn.Bounds(), err)
	}

	f.History.BinSeconds, f.StepSeconds = 24*3600, 24*3600
	f.Peaks = []forecast.Peak{{P: 0.5, PerBin: 86400, PerSecond: 1}, {P: 0.99, PerBin: 172800, PerSecond: 2}}
	daily := reports.Forecast(f, past)
	if want := "the peak stays under 86,400 in 24 h with 50 % and under 173,000 in 24 h with 99 % probability."; !strings.HasSuffix(daily.Sentence, want) {
		t.Errorf("of days: %q, want it to end with %q", daily.Sentence, want)
	}
	if note := daily.Sections[0].Tables[0].Note; !strings.Contains(note, "in the 24 h from Friday 1998-07-03") {
		t.Errorf("of days: %q, want a day and no hour", note)
	}
	if text := daily.Sections[0].Text[1]; strings.Contains(text, " at ") {
		t.Errorf("of days: %q, want the largest on a day, at no hour", text)
	}
	f.StepSeconds = 6 * 3600
	if note := reports.Forecast(f, past).Sections[0].Tables[0].Note; note != "Most likely in the 6 h from 21:00 on Friday 1998-07-03 (60 %), then from 15:00 on Friday 1998-07-03 (40 %)." {
		t.Errorf("of six hours: %q, want when they begin", note)
	}
}

func TestTextFitsATerminal(t *testing.T) {
	fits(t, write(t, "text", reports.Build(drill(t))))
}

// fits holds text against the columns of a terminal.
func fits(t testing.TB, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(line); n > 100 {
			t.Errorf("line %d has %d columns, want at most 100: %s", i+1, n, line)
		}
	}
}

// hostile is a drill whose every text from outside wants to be more than text.
func hostile(t testing.TB) reports.Document {
	t.Helper()
	const script = `"><script>alert(1)</script>|*_` + "`\x1b[31m\x07"
	s := flagship(t)
	s.Name, s.Title = script, script
	header, r := rehearse(s, "unprotected", 0)
	header.Variant, header.Target, header.Machine.CPU, header.Notes = script, script, script, []string{script}
	for i := range r.ticks {
		for j := range r.ticks[i].Cells {
			r.ticks[i].Cells[j].Op = script
			if r.ticks[i].Cells[j].Outcome == result.Failed {
				r.ticks[i].Cells[j].Kind = script
			}
		}
	}
	r.end.Failures = []result.Failure{{Kind: script, Op: script, Status: 500, Body: script, Error: script}}
	r.end.Warnings = []string{script}
	r.end.Processes = []result.Process{{Name: script}}
	run := written(t, header, r, true)
	f, day := madeUpForecast()
	f.History.Name, f.Models[0].Name, f.Components[0].Name, f.Warnings = script, script, script, []string{script}
	s.Variants = []scenarios.Variant{{Name: script}}
	return reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 0, []*result.Run{run}), Forecast: &f, Day: &day, Warnings: []string{script}})
}

func TestTextFromOutsideStaysText(t *testing.T) {
	doc := hostile(t)
	for format, bad := range map[string]*regexp.Regexp{
		"html":     regexp.MustCompile(`(?i)<script|[\x00-\x08\x0b-\x1f]`),
		"markdown": regexp.MustCompile("(?i)<script|[^\\\\]`|[\x00-\x08\x0b-\x1f]"),
		"text":     regexp.MustCompile(`[\x00-\x08\x0b-\x1f]`),
		"junit":    regexp.MustCompile(`(?i)<script|[\x00-\x08\x0b-\x1f]`),
	} {
		t.Run(format, func(t *testing.T) {
			out := write(t, format, doc)
			if at := bad.FindStringIndex(out); at != nil {
				t.Errorf("at byte %d: %q", at[0], out[max(0, at[0]-80):min(len(out), at[1]+80)])
			}
			if !strings.Contains(out, "alert(1)") {
				t.Error("the text is gone altogether; want it shown harmless")
			}
		})
	}
	if cells := regexp.MustCompile(`(?m)^\| .*$`).FindAllString(write(t, "markdown", doc), -1); len(cells) == 0 {
		t.Error("no table in the Markdown")
	}
}

func TestThePageNeedsNothingBesideItself(t *testing.T) {
	page := write(t, "html", reports.Build(drill(t)))
	page = strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, "")
	for _, bad := range []string{"<script", "<link", "<img", "<iframe", "@import", "url(", "src=", "href=", "ZgotmplZ", "NaN", "#01FE"} {
		if at := strings.Index(page, bad); at >= 0 {
			t.Errorf("the page holds %q: …%s…", bad, page[max(0, at-60):min(len(page), at+60)])
		}
	}
	if got := strings.Count(page, `<svg xmlns="http`) + strings.Count(page, `<svg  role="img"`); got != 8 {
		t.Errorf("%d pictures, want 8: outcomes and waits of both variants, percentiles, in flight, the fan, the risk", got)
	}
	if strings.Count(page, "<title>") != 9 || strings.Count(page, "aria-label=") < 10 {
		t.Error("a picture lacks the text for those who cannot see it")
	}
}

func TestPartsOfTheTextStandAlone(t *testing.T) {
	d := drill(t)
	for _, c := range []struct {
		name   string
		write  func(io.Writer) error
		begins string
		holds  string
		lacks  string
	}{
		{"a forecast", func(w io.Writer) error { return reports.WriteForecast(w, *d.Forecast) }, "FORECAST\n", "The peak of the 24 h", "INCONCLUSIVE"},
		{"a size", func(w io.Writer) error { return reports.WriteSizing(w, *d.Capacity, *d.Plan) }, "SIZING\n", "Replicas that the day needs", "INCONCLUSIVE"},
		{"a gate", func(w io.Writer) error { return reports.WriteGate(w, reports.Build(d)) }, "PASS: Reform day", "\nBUDGETS\n", "people served"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if err := c.write(&out); err != nil {
				t.Fatal(err)
			}
			if text := out.String(); !strings.HasPrefix(text, c.begins) || !strings.Contains(text, c.holds) || strings.Contains(text, c.lacks) {
				t.Errorf("want it to begin with %q, hold %q and lack %q, got\n%s", c.begins, c.holds, c.lacks, text)
			}
		})
	}
}

func TestADrillWithoutItsDecidingVariantDecidesNothing(t *testing.T) {
	s := flagship(t)
	unprotected, _ := runs(t)
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected}), NotRun: []string{"protected"}})
	if doc.Verdict != scenarios.Inconclusive || !strings.HasPrefix(doc.Sentence, "No verdict: protected was not run") {
		t.Errorf("%s: %s; want inconclusive, because protected was not run", doc.Verdict, doc.Sentence)
	}
	s.Oracles = []scenarios.Budget{budget(t, "answered mean <= 20s")}
	doc = reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected}), NotRun: []string{"protected"}})
	if doc.Verdict != scenarios.Invalid {
		t.Errorf("%s with a missed oracle, want invalid", doc.Verdict)
	}
}

func TestJUnitCountsItsCases(t *testing.T) {
	s := flagship(t)
	unprotected, protected := runs(t)
	s.Budgets = append(s.Budgets, budget(t, "admitted p95 <= 1ms"), budget(t, "P2 p95 <= 1s"))
	out := write(t, "junit", reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected, protected})}))
	var suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Class   string    `xml:"classname,attr"`
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	d := xml.NewDecoder(strings.NewReader(out))
	if err := d.Decode(&suites); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Token(); err != io.EOF && err != nil {
		t.Fatal(err)
	}
	want := []struct{ tests, failures, errors int }{{6, 0, 0}, {6, 1, 1}} // validity and five oracles; validity and five budgets
	if len(suites.Suites) != len(want) {
		t.Fatalf("%d suites, want %d", len(suites.Suites), len(want))
	}
	for i, s := range suites.Suites {
		failures, errors := 0, 0
		names := map[string]bool{}
		for _, c := range s.Cases {
			if c.Class == "" || c.Name == "" || names[c.Name] {
				t.Errorf("suite %d: case %q of class %q: want both, and no name twice", i, c.Name, c.Class)
			}
			names[c.Name] = true
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errors++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors {
			t.Errorf("suite %d says %d, %d, %d and holds %d, %d, %d tests, failures, errors", i, s.Tests, s.Failures, s.Errors, len(s.Cases), failures, errors)
		}
		if s.Tests != want[i].tests || s.Failures != want[i].failures || s.Errors != want[i].errors {
			t.Errorf("suite %d has %d, %d, %d tests, failures, errors, want %v", i, s.Tests, s.Failures, s.Errors, want[i])
		}
	}
}

func TestJUnitIsNotGreenWithoutAJudgement(t *testing.T) {
	s := flagship(t)
	_, protected := runs(t)
	s.Budgets = nil
	for name, d := range map[string]reports.Drill{
		"no run":              {Scenario: s},
		"no budget":           {Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})},
		"no deciding variant": {Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected}), NotRun: []string{"other"}},
	} {
		if out := write(t, "junit", reports.Build(d)); strings.Count(out, "<error ") != 1 {
			t.Errorf("%s: want one error in\n%s", name, out)
		}
	}
}

func TestJSONNamesAreSnakeCase(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(write(t, "json", reports.Build(drill(t)))), &doc); err != nil {
		t.Fatal(err)
	}
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				if !snake.MatchString(k) {
					t.Errorf("%s.%s is not lower snake case", path, k)
				}
				walk(path+"."+k, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path, inner)
			}
		}
	}
	walk("", doc)
	if doc["verdict"] != "pass" || doc["exit_code"] != 0.0 {
		t.Errorf("verdict %v with exit code %v, want pass with 0", doc["verdict"], doc["exit_code"])
	}
}

func TestJudgeLetsTheLastVariantOfTheScenarioDecide(t *testing.T) {
	s := flagship(t)
	unprotected, protected := runs(t)
	for _, order := range [][]*result.Run{{unprotected, protected}, {protected, unprotected}} {
		for _, v := range reports.Judge(s, 80, order) {
			if v.Decides != (v.Run == protected) {
				t.Errorf("%s decides: %v", v.Run.Header.Variant, v.Decides)
			}
			if oracles := len(v.Oracles.Judgements); (oracles > 0) != (v.Run == unprotected) {
				t.Errorf("%s was held against %d oracles", v.Run.Header.Variant, oracles)
			}
		}
	}
}

func TestNamesOfAnyLanguageStayWhole(t *testing.T) {
	s := flagship(t)
	header, r := rehearse(s, "émeute 高峰", 63)
	text := write(t, "text", reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{written(t, header, r, true)})}))
	if !strings.Contains(text, "Émeute 高峰: 39,816 planned") || !utf8.ValidString(text) {
		t.Errorf("the variant's name is broken:\n%s", text)
	}
}

func TestUnknownFormatListsThoseThereAre(t *testing.T) {
	err := reports.Write(io.Discard, "pdf", reports.Document{})
	if err == nil || !strings.Contains(err.Error(), "text, markdown, html, json, junit") {
		t.Errorf("error %v, want the list of formats", err)
	}
}

func TestDifferentArrivalsAreSaid(t *testing.T) {
	s := flagship(t)
	unprotected, protected := runs(t)
	protected.Header.ArrivalHash = strings.Repeat("0", 64)
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected, protected})})
	if doc.SameArrivals || len(doc.Warnings) != 1 {
		t.Errorf("same arrivals %v, warnings %q: want a warning that they differ", doc.SameArrivals, doc.Warnings)
	}
}

func TestRunsOfOtherLengthsOrOfUsersHaveNotTheSameArrivals(t *testing.T) {
	s := flagship(t)
	for _, c := range []struct {
		name   string
		change func(first, second *result.Run)
		want   bool
	}{
		{"one plan, driven whole", func(_, _ *result.Run) {}, true},
		{"one of them had told enough", func(_, second *result.Run) { second.End.Converged = 20 }, false},
		{"both had told enough at the same instant", func(first, second *result.Run) { first.End.Converged, second.End.Converged = 20, 20 }, true},
		{"users wait for their answers", func(first, second *result.Run) {
			first.Header.Model, second.Header.Model = result.Closed, result.Closed
		}, false},
	} {
		unprotected, protected := runs(t)
		c.change(unprotected, protected)
		if got := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected, protected})}).SameArrivals; got != c.want {
			t.Errorf("%s: the same arrivals: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAVariantThatDoesNotDecideMayBeStoppedByARule(t *testing.T) {
	s := flagship(t)
	s.Oracles = nil
	unprotected, protected := runs(t)
	for _, c := range []struct {
		run  *result.Run
		want scenarios.Verdict
	}{{unprotected, scenarios.Pass}, {protected, scenarios.Fail}} {
		c.run.End.Aborted = "failed <= 1% over 1s was broken at 14.3 s: 4 %"
		doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{unprotected, protected})})
		if doc.Verdict != c.want || strings.Contains(doc.Sentence, "harm") {
			t.Errorf("%s stopped: %s, %s; want %s and no harm, which runs of other lengths cannot show", c.run.Header.Variant, doc.Verdict, doc.Sentence, c.want)
		}
		c.run.End.Aborted = ""
	}
}

func TestPeopleInTimeAreThoseWithinGoodWithin(t *testing.T) {
	s := flagship(t)
	_, protected := runs(t)
	facts := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})}).Runs[0]
	if facts.People.InTime != facts.Good || facts.Good == 0 {
		t.Errorf("without retries %d people in time and %d good answers, want the same", facts.People.InTime, facts.Good)
	}
	protected.Cells[0].Retry = true
	protected.End.People = result.People{Served: 5, GaveUp: 2}
	for _, took := range []float64{0.8, 2.9, 3.1, 12, 29} {
		protected.End.People.TimeToSuccess.Record(time.Duration(took * 1e9))
	}
	people := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})}).Runs[0].People
	if people.InTime != 2 || people.Later() != 3 {
		t.Errorf("%d in time and %d later, want 2 and 3", people.InTime, people.Later())
	}
	protected.End.People.TimeToSuccess = hist.Histogram{}
	protected.End.People.TimeToSuccess.Record(time.Second)
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})})
	if !strings.HasPrefix(doc.Sentence, "1 person was served within 3 s") {
		t.Errorf("of one person: %s", doc.Sentence)
	}
}

func TestHarmDoneByProtectionIsSaid(t *testing.T) {
	s := flagship(t)
	s.Oracles = nil
	swapped := s
	swapped.Variants = []scenarios.Variant{{Name: "unprotected", Guard: true}, {Name: "protected"}}
	for _, c := range []struct {
		name     string
		scenario scenarios.Scenario
		served   uint64 // in time, without protection; 2,263 with it
		changed  bool   // other arrivals
		want     bool
	}{
		{"when it served fewer people", s, 9000, false, true},
		{"not when it served more", s, 300, false, false},
		{"not when it served one less", s, 2264, false, false},
		{"not of other arrivals", s, 9000, true, false},
		{"not of a variant without a guard", swapped, 9000, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			unprotected, protected := runs(t)
			unprotected.Cells[0].Retry = true // so that people are counted by their whole waits
			unprotected.End.People.TimeToSuccess = hist.Histogram{}
			for range c.served {
				unprotected.End.People.TimeToSuccess.Record(time.Second)
			}
			if c.changed {
				protected.Header.ArrivalHash = strings.Repeat("0", 64)
			}
			doc := reports.Build(reports.Drill{Scenario: c.scenario, Variants: reports.Judge(c.scenario, 80, []*result.Run{unprotected, protected})})
			said := slices.Contains(doc.Warnings, "Protection did harm here: 2,263 people were served within 3 s with it, 9,000 without.")
			if headline := strings.Contains(doc.Sentence, "rotection did harm here: protected, 2,263 people were served"); said != c.want || headline != c.want {
				t.Errorf("in the warnings %v, in the headline %v, want %v: %q, %s", said, headline, c.want, doc.Warnings, doc.Sentence)
			}
		})
	}
}

func TestReasonsOfBudgetsAreInEveryFormat(t *testing.T) {
	s := flagship(t)
	unprotected, protected := runs(t)
	s.Budgets = []scenarios.Budget{budget(t, "P2 p95 <= 1s"), budget(t, "goodput >= 0.9*capacity")}
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 0, []*result.Run{unprotected, protected})})
	for _, format := range []string{"text", "markdown", "html", "junit", "json"} {
		out := strings.Join(strings.Fields(write(t, format, doc)), " ")
		for _, want := range []string{"no request of P2 in the span", "no capacity is declared: add one to the scenario or with --capacity"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
}

func TestSizingWithoutAnEventHasNoRowsOfIt(t *testing.T) {
	d := drill(t)
	text := func(p *sizing.Plan) string {
		var out strings.Builder
		if err := reports.WriteSizing(&out, *d.Capacity, *p); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if with := text(d.Plan); !strings.Contains(with, "× 25.5 is on the day's peak.") {
		t.Errorf("want a note of what the factor is on in\n%s", with)
	}
	d.Plan.Lift = 1
	without := text(d.Plan)
	if strings.Contains(without, "event") || strings.Contains(without, "×") {
		t.Errorf("want neither rows nor columns of an event in\n%s", without)
	}
	if !regexp.MustCompile(`(?m)^90 % +1,920/s +25 +26 `).MatchString(without) {
		t.Errorf("want what the day needs in\n%s", without)
	}
}

func TestWhatCameInWithRetriesSaysSo(t *testing.T) {
	s := flagship(t)
	_, protected := runs(t)
	page := func() string {
		return write(t, "html", reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 80, []*result.Run{protected})}))
	}
	const said = "came in, retries included"
	if strings.Contains(page(), said) {
		t.Error("a run without retries is said to have them in what came in")
	}
	protected.Cells[0].Retry = true
	n := protected.Cells[0].Count
	protected.End.Sent, protected.End.Retries = protected.End.Sent-n, n
	if n := strings.Count(page(), said); n < 5 { // the headline, the card, the picture twice, the table
		t.Errorf("a run with retries says so %d times, want 5 or more", n)
	}
}
