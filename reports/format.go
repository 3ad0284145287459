package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A Format writes a document in one way.
type Format struct {
	Name  string
	Write func(io.Writer, Document) error
}

// Formats lists all formats, the default first.
func Formats() []Format {
	return []Format{
		{"text", writeText},         // tables for a terminal of 100 columns
		{"markdown", writeMarkdown}, // tables for a pull request or a wiki
		{"html", writeHTML},         // one page with pictures, to open or to send
		{"json", writeJSON},         // every number, with stable names
		{"junit", writeJUnit},       // one test case a budget, for CI
	}
}

// Write writes the document in the format of that name; the error for another name lists those there are.
func Write(w io.Writer, name string, d Document) error {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f.Write(w, d)
		}
		names = append(names, f.Name)
	}
	return fmt.Errorf("format %q: want one of %s", name, strings.Join(names, ", "))
}

func writeJSON(w io.Writer, d Document) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(d)
}
