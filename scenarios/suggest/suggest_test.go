package suggest_test

import (
	"fmt"
	"testing"

	"github.com/peakday/peakday/scenarios/suggest"
)

func TestTheNearestKnownWordIsSuggested(t *testing.T) {
	known := []string{"seed", "shape", "users"}
	for _, c := range []struct{ name, found, want string }{
		{"a letter too many", "seeed", `did you mean "seed"?`},
		{"a letter too few", "hape", `did you mean "shape"?`},
		{"another letter", "usera", `did you mean "users"?`},
		{"two letters of four differ", "seda", `did you mean "seed"?`},
		{"three letters of four differ", "sabc", "want one of seed, shape, users"},
		{"nothing at all", "", "want one of seed, shape, users"},
	} {
		if got := suggest.Of(c.found, known).String(); got != c.want {
			t.Errorf("%s: of %q %s, want %s", c.name, c.found, got, c.want)
		}
	}
	if got, want := suggest.Of("bat", []string{"cat", "rat"}).String(), `did you mean "cat"?`; got != want {
		t.Errorf("of two as near: %s, want the first, %s", got, want)
	}
}

func ExampleOf() {
	fmt.Printf("found an unknown key, %s\n", suggest.Of("seeed", []string{"name", "seed"}))
	// Output: found an unknown key, did you mean "seed"?
}
