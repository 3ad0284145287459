package engine

import (
	"strings"
	"testing"
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
		if got := Redact(text); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
}

// A body may hold anything; no digit run or token of the forms above may come through, and what is redacted stays so.
func FuzzRedact(f *testing.F) {
	f.Add("Authorization: Bearer a 110105194912310021 eyJh.b")
	f.Add("password: \x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		once := Redact(text)
		if number.MatchString(once) {
			t.Errorf("Redact(%q) = %q holds a number", text, once)
		}
		if secret := "Bearer 0a1b2c3d4e5f6g7h"; strings.Contains(Redact(text+" "+secret), "0a1b2c3d4e5f6g7h") {
			t.Errorf("a token after %q came through", text)
		}
	})
}
