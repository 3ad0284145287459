package history

import "testing"

// Labels may hold what ends a sample elsewhere.
func TestSplitSample(t *testing.T) {
	for _, c := range []struct{ sample, id, rest string }{
		{"up 1 2", "up", " 1 2"},
		{`up{a="b"} 1 2`, `up{a="b"}`, " 1 2"},
		{`up{a="b} c"} 1 2`, `up{a="b} c"}`, " 1 2"},
		{`up{a="say \"}\" d"} 1 2`, `up{a="say \"}\" d"}`, " 1 2"},
		{`up{a="b\\"} 1 2`, `up{a="b\\"}`, " 1 2"},
	} {
		if id, rest, ok := splitSample(c.sample); !ok || id != c.id || rest != c.rest {
			t.Errorf("%s: %q and %q, want %q and %q", c.sample, id, rest, c.id, c.rest)
		}
	}
	if id, _, ok := splitSample(`up{a="b 1 2`); ok {
		t.Errorf("labels without an end: %q", id)
	}
}
