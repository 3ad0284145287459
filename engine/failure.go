package engine

import (
	"regexp"
	"slices"
	"strings"

	"github.com/peakday/peakday/engine/result"
)

// keptFailures is how many failures of a kind are kept as examples.
const keptFailures = 10

// keepFailure keeps an example, secrets redacted.
func (l *lane) keepFailure(f *flight, kind string, status int, body []byte, err error) {
	if l.kept[kind] == keptFailures {
		return
	}
	l.kept[kind]++
	failure := result.Failure{Kind: kind, Op: f.op.name, Due: f.due.Seconds(), Status: status, Body: l.blot.redact(string(body))}
	if err != nil {
		failure.Error = l.blot.redact(err.Error())
	}
	l.end.Failures = append(l.end.Failures, failure)
}

// A blot is the secrets that are known by value, the longest first: one may hold another.
type blot []string

// leastSecret is how many bytes of a secret give it away, and how many a value needs to count as one.
const leastSecret = 4

func newBlot(secrets []string) (b blot) {
	for _, s := range secrets {
		if len(s) >= leastSecret {
			b = append(b, s)
		}
	}
	slices.SortFunc(b, func(x, y string) int { return len(y) - len(x) })
	return b
}

// redact replaces the secrets, the beginning of one with which the text was cut off, and what redactByForm finds.
func (b blot) redact(text string) string {
	cut := 0
	for _, secret := range b {
		for n := leastSecret; n <= len(secret); n++ {
			if strings.HasSuffix(text, secret[:n]) {
				cut = max(cut, n)
			}
		}
	}
	if cut > 0 {
		text = text[:len(text)-cut] + "[redacted]"
	}
	for _, secret := range b {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	return redactByForm(text)
}

// What may stand in an error or the start of a body and belongs in no report.
var (
	credential = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|cookie|set-cookie|password|secret|token|access_token|refresh_token|api[-_]?key)("?\s*[:=]\s*"?)(?:(?:basic|bearer)\s+)?[^\s"',;&}]+`)
	bearer     = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[a-z0-9+/_.~=-]{8,}`)
	jwt        = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`)
	number     = regexp.MustCompile(`\d{9,}[Xx]?`) // of an identity card, phone, account or bank card
)

// redactByForm replaces credentials, tokens and digit runs as long as the number of an identity card, phone or account.
func redactByForm(text string) string {
	text = jwt.ReplaceAllString(text, "[redacted]")
	text = bearer.ReplaceAllString(text, "$1 [redacted]") // before its field, whose value may hold more words than one
	text = credential.ReplaceAllString(text, "$1$2[redacted]")
	return number.ReplaceAllString(text, "[digits]")
}
