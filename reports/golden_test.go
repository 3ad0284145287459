package reports_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

func write(t testing.TB, format string, d reports.Document) string {
	t.Helper()
	var out bytes.Buffer
	if err := reports.Write(&out, format, d); err != nil {
		t.Fatalf("writing %s: %v", format, err)
	}
	return out.String()
}

func TestGoldens(t *testing.T) {
	doc := reports.Build(drill(t))
	for format, name := range map[string]string{"text": "drill.txt", "markdown": "drill.md", "json": "drill.json", "junit": "drill.xml"} {
		t.Run(format, func(t *testing.T) {
			got := write(t, format, doc)
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from %s; run go test ./reports -update and read the difference", format, file)
			}
		})
	}
}
