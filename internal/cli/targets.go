package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/peakday/peakday/scenarios"
)

// targetFlags are a scenario in one line: the requests of a vegeta target file, at a rate or by users.
type targetFlags struct {
	file    string
	rate    string
	users   int
	length  time.Duration
	timeout time.Duration
}

func addTargetFlags(c *cobra.Command) *targetFlags {
	var t targetFlags
	f := c.Flags()
	f.StringVar(&t.file, "targets", "", "send the requests of a vegeta target file (http or json; - for standard input), or GET one URL, instead of a scenario's, each drawn with the same chance by the seed, not in turn")
	f.StringVar(&t.rate, "rate", "", "with --targets: arrivals a second, such as 5000")
	f.IntVar(&t.users, "users", 0, "with --targets: so many users instead, each of whom waits for an answer before the next request")
	f.DurationVar(&t.length, "for", 10*time.Second, "with --targets: how long")
	f.DurationVar(&t.timeout, "timeout", 30*time.Second, "with --targets: the client gives up so long after a request was due")
	return &t
}

// given reports whether targets stand in the place of a scenario.
func (t *targetFlags) given() bool { return t != nil && t.file != "" }

// check finds a call that is neither for a scenario nor for targets, or for both.
func (t *targetFlags) check(c *cobra.Command, ref string, load *loadFlags) error {
	switch {
	case t.file == "" && ref == "":
		return usage(c, "no SCENARIO given")
	case t.file != "" && ref != "":
		return usage(c, "%s and --targets: want one of them", ref)
	case t.file != "" && load.history != "":
		return usage(c, "--history goes with a scenario that has a shape, not with --targets")
	case t.file != "" && (t.rate == "") == (t.users == 0):
		return usage(c, "--targets: want either --rate or --users")
	}
	for _, name := range []string{"rate", "users", "for", "timeout"} {
		if t.file == "" && c.Flags().Changed(name) {
			return usage(c, "--%s goes with --targets; a scenario says it itself", name)
		}
	}
	return nil
}

const (
	maxTargets    = 10_000           // operations that a report can name and a result log can number
	maxTargetRate = 1_000_000        // as in a scenario
	maxTargetTime = 1000 * time.Hour // as in a scenario
)

// scenario reads the targets and gives the scenario that sends them, and the base URL that they have in common, which target
// overrides. An arrival draws its target by the seed, each with the same chance: in turn, as vegeta sends them, what a
// service does could fall into step with the file.
func (t *targetFlags) scenario(c *cobra.Command, target string) (scenarios.Scenario, string, error) {
	sc := scenarios.Scenario{
		Name: "targets", Seed: 1, Users: t.users,
		Timeout: t.timeout, GoodWithin: t.timeout, Drain: t.timeout + time.Second, MaxInFlight: 8192,
		Actors:   []scenarios.Actor{{Name: "anyone", Share: 1, Patience: t.timeout}},
		Variants: []scenarios.Variant{{Name: "unprotected"}},
	}
	hold := scenarios.Phase{Kind: scenarios.Hold, Length: t.length, To: scenarios.Rate{Value: 1, Times: true}}
	sc.Shape = scenarios.Shape{Base: float64(t.users), Phases: []scenarios.Phase{hold}}
	if t.users == 0 {
		rate, err := strconv.ParseFloat(strings.TrimSuffix(t.rate, "/s"), 64)
		if err != nil || !(rate > 0 && rate <= maxTargetRate) {
			return sc, "", usage(c, "--rate %q: want arrivals a second such as 5000, at most %d", t.rate, maxTargetRate)
		}
		sc.Shape.Base, sc.Arrivals = rate, scenarios.Even
	}
	if t.users < 0 || t.length <= 0 || t.timeout <= 0 {
		return sc, "", usage(c, "--users, --for and --timeout: want more than 0")
	}
	if t.length > maxTargetTime || t.timeout >= maxTargetTime { // the drain is a second longer than the timeout
		return sc, "", usage(c, "--for and --timeout: want less than %v", maxTargetTime)
	}
	list, err := t.read(c.InOrStdin())
	if err != nil {
		return sc, "", err
	}
	times, taken := map[string]int{}, map[string]bool{}
	for i, one := range list {
		base, literal, err := literalOf(one)
		if err != nil {
			return sc, "", fmt.Errorf("%s: target %d: %w", t.file, i+1, err)
		}
		if target == "" {
			target = base
		}
		if base != target && !c.Flags().Changed("target") {
			return sc, "", fmt.Errorf("%s: target %d goes to %s, those before it to %s; want one service in a file, or --target URL for all", t.file, i+1, base, target)
		}
		op := literal.Op
		for ; taken[literal.Op]; literal.Op = op + "." + strconv.Itoa(times[op]+1) {
			times[op]++
		}
		taken[literal.Op] = true
		sc.Requests = append(sc.Requests, literal)
		sc.Mix = append(sc.Mix, scenarios.Weight{Op: literal.Op, Share: 1})
	}
	return sc, target, nil
}

var ofRequest = regexp.MustCompile(`^requests\[([0-9]+)\]\.(.*?): `)

// name gives the faults of a scenario that was made from targets the file and the number of the target they are in.
func (t *targetFlags) name(err error) error {
	var faults scenarios.Errors
	if !t.given() || !errors.As(err, &faults) {
		return err
	}
	named := slices.Clone(faults)
	for i := range named {
		at := ofRequest.FindStringSubmatch(named[i].Message)
		if at == nil {
			continue
		}
		n, _ := strconv.Atoi(at[1])
		named[i].File = t.file
		named[i].Message = fmt.Sprintf("target %d: %s: %s", n+1, at[2], named[i].Message[len(at[0]):])
	}
	return named
}

// read gives the one target that a URL is, or reads a target file in either of vegeta's formats, which its first character tells apart.
func (t *targetFlags) read(stdin io.Reader) ([]vegeta.Target, error) {
	if strings.HasPrefix(t.file, "http://") || strings.HasPrefix(t.file, "https://") {
		return []vegeta.Target{{Method: "GET", URL: t.file}}, nil
	}
	source := stdin
	if t.file != "-" {
		f, err := os.Open(t.file)
		if err != nil {
			return nil, fmt.Errorf("reading targets: %w", err)
		}
		defer f.Close()
		source = f
	}
	list, err := readTargets(source)
	if err != nil {
		return nil, fmt.Errorf("reading targets: %s: %w", t.file, err)
	}
	return list, nil
}

func readTargets(r io.Reader) ([]vegeta.Target, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return nil, errors.New("no target; want lines such as GET http://127.0.0.1:8080/")
	}
	targeter := vegeta.NewJSONTargeter(bytes.NewReader(text), nil, nil)
	if text[0] != '{' {
		for line := range bytes.Lines(text) { // the http format ends at a longer one, as if it were the end
			if len(line) >= bufio.MaxScanTokenSize {
				return nil, fmt.Errorf("a line of %d bytes, beginning with %.40q; want less than %d, or the json format", len(line), line, bufio.MaxScanTokenSize)
			}
		}
		targeter = vegeta.NewHTTPTargeter(bytes.NewReader(text), nil, nil)
	}
	var list []vegeta.Target
	for {
		var one vegeta.Target
		err := targeter(&one)
		switch {
		case errors.Is(err, vegeta.ErrNoTargets) && len(list) > 0:
			return list, nil
		case err != nil:
			return nil, fmt.Errorf("target %d: %s; want vegeta's http or json format", len(list)+1, userInfo.ReplaceAllString(err.Error(), "//...@"))
		case len(list) == maxTargets:
			return nil, fmt.Errorf("more than %d targets; write a scenario whose requests take their rows from a feeder", maxTargets)
		}
		list = append(list, one)
	}
}

var userInfo = regexp.MustCompile(`//[^/\s]*@`) // no error repeats a password

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// literalOf is a target as a request of a scenario, and the base URL that it goes to. What looks like a template in it is
// sent as it stands.
func literalOf(t vegeta.Target) (base string, l scenarios.Literal, err error) {
	u, err := url.Parse(t.URL)
	if err == nil && u.User != nil || err != nil && strings.Contains(t.URL, "@") {
		return "", l, errors.New("the URL holds user or password, as in user:password@host, which would stand in every result; put them in an Authorization header")
	}
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", l, fmt.Errorf("URL %q: want one such as http://127.0.0.1:8080/path", t.URL)
	}
	if !regexp.MustCompile(`^[A-Z]+$`).MatchString(t.Method) {
		return "", l, fmt.Errorf("method %q: want one such as GET", t.Method)
	}
	if !utf8.ValidString(t.URL) || !utf8.Valid(t.Body) {
		return "", l, errors.New("the URL or the body is not UTF-8, which a scenario, kept as text, cannot hold; want UTF-8")
	}
	plain := strings.NewReplacer("${", "$${").Replace
	l = scenarios.Literal{Method: t.Method, Path: plain(u.RequestURI()), Body: plain(string(t.Body))}
	l.Op = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(t.Method)+u.Path, "."), ".")
	for _, name := range slices.Sorted(maps.Keys(t.Header)) {
		for _, value := range t.Header[name] {
			if !utf8.ValidString(name + value) {
				return "", l, fmt.Errorf("header %q is not UTF-8, which a scenario, kept as text, cannot hold", name)
			}
			l.Headers = append(l.Headers, scenarios.Header{Name: http.CanonicalHeaderKey(name), Value: plain(value)})
		}
	}
	slices.SortStableFunc(l.Headers, func(a, b scenarios.Header) int { return strings.Compare(a.Name, b.Name) }) // x-a beside X-A
	return u.Scheme + "://" + u.Host, l, nil
}
