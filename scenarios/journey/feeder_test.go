package journey

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/scenarios"
)

func TestFeedersNameFileLineAndRow(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"rows of any text", "p.csv", "id,name\n7,\"a\"\"b,\nc\"\n,\n", ""},
		{"a mark of byte order", "p.csv", "\ufeffid,name\n7,a\n", ""},
		{"lines that end as on Windows", "p.csv", "id,name\r\n7,a\r\n", ""},
		{"a row with a field too few", "p.csv", "id,name\n1,a\n\n\"2\n\",b\n3\n", "p.csv:6: row 3: 1 fields, want 2"},
		{"a quote in the wrong place", "p.csv", "id,name\n1,a\n2,b\"c\n", `p.csv:3: row 2: bare " in non-quoted-field, in column 4`},
		{"a quote without end", "p.csv", "id,name\n1,\"a\n", `p.csv:2: row 1: extraneous or missing " in quoted-field, in column 6`},
		{"nothing at all", "p.csv", "", "p.csv:1: found nothing, want a line with the names of the columns"},
		{"no rows", "p.csv", "id,name\n", "p.csv: found no rows, want one or more"},
		{"a column twice", "p.csv", "id,id\n1,2\n", `p.csv:1: found the column "id" a second time, want another name`},
		{"objects", "p.jsonl", "{\"id\": 1.50, \"name\": \"\\u00fc\"}\n\n  {\"name\": null, \"id\": [1, 2]}\r\n", ""},
		{"a key that is missing", "p.jsonl", "{\"id\": 1, \"name\": 2}\n\n{\"id\": 1}\n", `p.jsonl:3: row 2: found no "name", want it in every row`},
		{"a line that is no object", "p.jsonl", "{\"id\": 1, \"name\": 2}\n[1]\n", `p.jsonl:2: row 2: found "[1]", want an object on one line, such as {"id": 7}`},
		{"a line that is no JSON", "p.jsonl", "{\"id\": 1, name: 2}\n", `p.jsonl:1: row 1: found "{\"id\": 1, name: 2}", want an object on one line, such as {"id": 7}`},
		{"a line without end", "p.jsonl", "{\"id\": \"" + strings.Repeat("x", maxLine) + "\"}\n", "p.jsonl: row 1: found a line of more than 1048576 bytes, want shorter ones"},
		{"a byte that is no text", "p.jsonl", "{\"id\": \"\xff\", \"name\": 2}\n", "p.jsonl:1: row 1: found a byte that is not UTF-8, want JSON in UTF-8"},
		{"half of a surrogate pair", "p.jsonl", "{\"id\": \"\\ud800\\u0000\", \"na\\u006de\": 2}\n", ""},
		{"an object without keys", "p.jsonl", "{}\n", "p.jsonl:1: row 1: found an object without keys, want those of the columns"},
		{"no lines", "p.jsonl", "\n", "p.jsonl: found no rows, want one or more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := rows{file: test.file}
			got := ""
			if err := r.read(strings.NewReader(test.text), []string{"id", "name"}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCompileNamesTheTemplateOfAColumnThatIsNotThere(t *testing.T) {
	document := frame + "requests:\n  - {op: a, path: /, headers: {X: \"1 ${people.idd}\"}}\nfeeders: [{name: people, file: p.csv}, {name: more, file: q.csv}]\nmix: {a: 1}\n"
	_, err := tried(t, document, map[string]string{"p.csv": "id,name\n1,a\n"}, nil)
	want := "x.yaml:4:35: requests[0].headers.X: found ${people.idd} at byte 3 of the header X; p.csv has no such column, want one of id, name"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if want = "x.yaml:5:59: feeders[1].file: feeder more: found no file q.csv"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestRowsAreAFunctionOfTheArrival(t *testing.T) {
	program := func(order string) *Program {
		return made(t, frame+"requests: [{op: a, path: \"/${p.id}/${p.id}\"}]\nmix: {a: 1}\nfeeders: [{name: p, file: p.csv, order: "+order+"}]\n",
			map[string]string{"p.csv": "x,id\n,a\n,b\n,c\n,d\n,e\n"}, nil)
	}
	paths := func(p *Program, n uint64) (list []string) {
		for seq := range n {
			list = append(list, asked(t, begun(t, p, seq, "a")).Path)
		}
		return list
	}
	if got, want := paths(program("sequential"), 7), []string{"/a/a", "/b/b", "/c/c", "/d/d", "/e/e", "/a/a", "/b/b"}; !slices.Equal(got, want) {
		t.Errorf("sequential: got %v, want %v", got, want)
	}
	unique := program("unique")
	if got, want := paths(unique, 5), []string{"/a/a", "/b/b", "/c/c", "/d/d", "/e/e"}; !slices.Equal(got, want) {
		t.Errorf("unique: got %v, want %v", got, want)
	}
	const want = "p.csv: found 5 rows for 6 arrivals, and feeder p gives each row out once; add rows, or take order: sequential or random"
	if err := unique.Check(6); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := unique.Begin(5, "a"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := unique.Check(5); err != nil {
		t.Error(err)
	}
	random := paths(program("random"), 5000)
	if !slices.Equal(random, paths(program("random"), 5000)) {
		t.Error("the same seed gives other rows")
	}
	counts := map[string]float64{}
	for _, path := range random {
		counts[path]++
	}
	if x := chiSquare([]float64{counts["/a/a"], counts["/b/b"], counts["/c/c"], counts["/d/d"], counts["/e/e"]}, 1000); x > 18.47 {
		t.Errorf("rows are uneven: chi-square %.1f with 4 degrees of freedom, %v", x, counts)
	}
}

// FuzzFeeder: no file makes a feeder panic; what it accepts has the cells that encoding/csv and encoding/json see.
func FuzzFeeder(f *testing.F) {
	f.Add("id,name\n7,\"a\"\"b\"\n", false)
	f.Add("\ufeffid\r\n1\r\n", false)
	f.Add("{\"id\": 1.50, \"name\": \"\\ud83d\\ude00\\u0000\"}\n", true)
	f.Add("{\"id\": {\"id\": 2}, \"id\": null}\n\n{}\n", true)
	f.Fuzz(func(t *testing.T, text string, lines bool) {
		r := rows{file: "p.csv"}
		if lines {
			r.file = "p.jsonl"
		}
		if err := r.read(strings.NewReader(text), []string{"id", "name"}); err != nil {
			if !strings.HasPrefix(err.Error(), r.file) {
				t.Fatalf("a fault without its file: %v", err)
			}
			return
		}
		want := cellsOfCSV
		if lines {
			want = cellsOfJSON
		}
		cells := want(t, strings.TrimPrefix(text, "\ufeff"))
		if r.count != len(cells) {
			t.Fatalf("%d rows, want %d", r.count, len(cells))
		}
		for row, wanted := range cells {
			for column, name := range r.kept {
				if got := string(r.cell(row, column)); got != wanted[name] {
					t.Fatalf("row %d, %s: got %q, want %q", row+1, name, got, wanted[name])
				}
			}
		}
	})
}

func cellsOfCSV(t *testing.T, text string) (cells []map[string]string) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("encoding/csv: %v", err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		cells = append(cells, row)
	}
	return cells
}

func cellsOfJSON(t *testing.T, text string) (cells []map[string]string) {
	for line := range strings.Lines(text) {
		if strings.Trim(line, " \t\r\n") == "" {
			continue
		}
		object := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		row := map[string]string{}
		for key, raw := range object {
			var s *string
			switch {
			case json.Unmarshal(raw, &s) != nil:
				row[key] = string(raw)
			case s != nil:
				row[key] = *s
			}
		}
		cells = append(cells, row)
	}
	return cells
}

func TestAMillionRowsAreTheirBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 36 MB")
	}
	const n = 1_000_000
	var text bytes.Buffer
	text.WriteString("id,unused,pin\n")
	for i := range n {
		fmt.Fprintf(&text, "A-%08d,0123456789012,%04d\n", i, i%10_000)
	}
	size := text.Len()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := rows{file: "p.csv", order: scenarios.Unique}
	if err := r.read(io.Reader(&text), []string{"id", "pin"}); err != nil {
		t.Fatal(err)
	}
	text = bytes.Buffer{}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if r.count != n || string(r.cell(n-1, 0)) != "A-00999999" || string(r.cell(n-1, 1)) != "9999" {
		t.Errorf("%d rows, the last %q", r.count, r.cell(n-1, 0))
	}
	// 14 bytes of cells and 8 of ends a row, and what append keeps free: a quarter at most.
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc) + int64(size); kept > int64(n)*28 {
		t.Errorf("%d bytes a row, want 28 at most", kept/n)
	}
	runtime.KeepAlive(&r)
}
