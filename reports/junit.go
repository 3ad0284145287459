package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/peakday/peakday/scenarios"
)

// The elements of JUnit XML that CI systems agree on: those of Ant's schema and of Jenkins' junit-10.xsd both. A budget that is inconclusive is an error and not skipped: a
// skipped test counts as good, and no sample is no pass.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Hostname   string          `xml:"hostname,attr"`
		ID         int             `xml:"id,attr"`
		Package    string          `xml:"package,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Output     string          `xml:"system-out"` // every case in words, those that passed too
		Talk       string          `xml:"system-err"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a test suite for each run: a case for its validity, one for a broken abort rule, one for each oracle, and one for each budget if
// its budgets decide. A verdict that is not pass and that none of them shows has a case of its own: a
// file without a red case would be green.
func writeJUnit(w io.Writer, d Document) error {
	all, red := junitSuites{}, 0
	timestamp := d.Started.UTC().Format("2006-01-02T15:04:05")
	for i, r := range d.Runs {
		class := "peakday." + d.Scenario + "." + r.Variant
		suite := junitSuite{
			Name: d.Scenario + "/" + r.Variant, Time: fmt.Sprintf("%.0f", r.Seconds), Timestamp: timestamp,
			Hostname: "localhost", ID: i, Package: "peakday",
			Properties: []junitProperty{{"verdict", string(d.Verdict)}, {"seed", fmt.Sprint(d.Seed)}, {"arrival_hash", r.ArrivalHash}},
		}
		suite.add(junitCase{Class: class, Name: "the run is whole and valid"}, r.Validity, strings.Join(r.Reasons, "; "))
		if r.Aborted != "" && r.Decides {
			suite.add(junitCase{Class: class, Name: "no abort rule was broken"}, scenarios.Fail, r.Aborted)
		}
		for _, o := range r.Oracles {
			suite.add(junitCase{Class: class, Name: "oracle: " + o.Budget}, o.Verdict, describe(o))
		}
		for _, b := range r.Budgets {
			if r.Decides {
				suite.add(junitCase{Class: class, Name: b.Budget}, b.Verdict, describe(b))
			}
		}
		all.Suites = append(all.Suites, suite)
		red += suite.Failures + suite.Errors
	}
	if red == 0 && d.Verdict != scenarios.Pass {
		suite := junitSuite{Name: d.Scenario, Time: "0", Timestamp: timestamp, Hostname: "localhost", ID: len(d.Runs), Package: "peakday"}
		suite.add(junitCase{Class: "peakday." + d.Scenario, Name: "there is a verdict"}, d.Verdict, d.Sentence)
		all.Suites = append(all.Suites, suite)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func (s *junitSuite) add(c junitCase, v scenarios.Verdict, text string) {
	c.Time = "0"
	s.Tests++
	s.Output += plain(fmt.Sprintf("%s: %s", v, cmp.Or(text, c.Name))) + "\n"
	problem := &junitProblem{Message: plain(text), Type: string(v), Text: plain(text)}
	switch v {
	case scenarios.Pass:
	case scenarios.Fail:
		s.Failures++
		c.Failure = problem
	default:
		s.Errors++
		c.Error = problem
	}
	s.Cases = append(s.Cases, c)
}
