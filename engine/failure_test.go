package engine

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		`{"title":"too late","status":503}`:                       `{"title":"too late","status":503}`,
		"Authorization: Bearer abc.def-123":                       "Authorization: [redacted]",
		"authorization: Basic dXNlcjpwYXNz\r\nHost: x":            "authorization: [redacted]\r\nHost: x",
		`got "Bearer AbCdEf0123456789=="`:                         `got "Bearer [redacted]"`,
		`{"access_token":"s3cr3t","expires":300}`:                 `{"access_token":"[redacted]","expires":300}`,
		"password=hunter2&user=x":                                 "password=[redacted]&user=x",
		"token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln expired": "token [redacted] expired",
		"person 11010519491231002X has no account":                "person [digits] has no account",
		"phone 13800138000, amount 12345678":                      "phone [digits], amount 12345678",
		`dial tcp 127.0.0.1:40001: connect: connection refused`:   `dial tcp 127.0.0.1:40001: connect: connection refused`,
	} {
		if got := redactByForm(text); got != want {
			t.Errorf("redactByForm(%q) = %q, want %q", text, got, want)
		}
	}
}

// A body may hold anything; no digit run or token of the forms above may come through, and what is redacted stays so.
func FuzzRedact(f *testing.F) {
	f.Add("Authorization: Bearer a 110105194912310021 eyJh.b")
	f.Add("password: \x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		once := redactByForm(text)
		if number.MatchString(once) {
			t.Errorf("redactByForm(%q) = %q holds a number", text, once)
		}
		if secret := "Bearer 0a1b2c3d4e5f6g7h"; strings.Contains(redactByForm(text+" "+secret), "0a1b2c3d4e5f6g7h") {
			t.Errorf("a token after %q came through", text)
		}
	})
}

func TestSecretsKnownByValueAreBlottedOutWhereverTheyStand(t *testing.T) {
	b := newBlot([]string{"hunter2", "hunter2-and-more", "abc", "", "pass word+1"})
	for text, want := range map[string]string{
		"you sent hunter2, sorry":       "you sent [redacted], sorry",
		"hunter2-and-more hunter2":      "[redacted] [redacted]",
		"abc is too short for a secret": "abc is too short for a secret",
		"<b>pass word+1</b>":            "<b>[redacted]</b>",
		"cut off in hunter2-and":        "cut off in [redacted]",
		"cut off in pass wo":            "cut off in [redacted]",
		"hun is no secret yet: hun":     "hun is no secret yet: hun",
		"token=hunter2&x=1":             "token=[redacted]&x=1",
		"nothing of 11010519491231002X": "nothing of [digits]",
	} {
		if got := b.redact(text); got != want {
			t.Errorf("redactByForm(%q) = %q, want %q", text, got, want)
		}
	}
}

// The service echoes a header without a word that tells what it is, in its body and in the error.
func TestAnEchoedSecretIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const secret = "correct horse battery"
		echo := func(int, *scenarios.Request) answer {
			return answer{status: 500, kind: result.KindReset, echo: "no account for " + secret}
		}
		e := Engine{Driver: fake(echo), Log: &memory{}, Secrets: []string{secret}}
		end, err := e.Run(t.Context(), planned(t, even(1, time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		f := end.Failures[0]
		if want := "no account for [redacted]"; f.Body != want || f.Error != want {
			t.Errorf("kept body %q and error %q, want %q", f.Body, f.Error, want)
		}
	})
}
