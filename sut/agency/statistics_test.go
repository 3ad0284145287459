package agency

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryCountIsAReport reads the package: what a use case counts can be asked for.
func TestEveryCountIsAReport(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count, n := regexp.MustCompile(`\.Count\("([^"]+)"`), 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range count.FindAllStringSubmatch(string(text), -1) {
			if n++; !isReport(m[1]) {
				t.Errorf("%s counts %q, which is no report", name, m[1])
			}
		}
	}
	if n < 10 {
		t.Errorf("found %d counts", n)
	}
}

func isReport(name string) bool { _, found := reportOf(name); return found }
