package reports

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes the document as GitHub-flavoured Markdown.
func writeMarkdown(w io.Writer, d Document) error {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s: %s\n\n%s\n", strings.ToUpper(d.Head), literal(d.Title), literal(d.Sentence))
	for _, s := range d.Sections {
		fmt.Fprintf(&out, "\n## %s\n", literal(s.Title))
		for _, text := range s.Text {
			fmt.Fprintf(&out, "\n%s\n", literal(text))
		}
		for _, t := range s.Tables {
			if t.Title != "" {
				fmt.Fprintf(&out, "\n### %s\n", literal(t.Title))
			}
			out.WriteString("\n")
			markdownRow(&out, t.Head)
			rule := make([]string, len(t.Head))
			for i := range rule {
				rule[i] = "---"
				if i > 0 && numeric(t, i) {
					rule[i] = "---:"
				}
			}
			fmt.Fprintf(&out, "| %s |\n", strings.Join(rule, " | "))
			for _, row := range t.Rows {
				markdownRow(&out, row)
			}
			if t.Note != "" {
				fmt.Fprintf(&out, "\n%s\n", literal(t.Note))
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func markdownRow(out *strings.Builder, row []string) {
	out.WriteString("|")
	for _, cell := range row {
		fmt.Fprintf(out, " %s |", literal(cell))
	}
	out.WriteString("\n")
}

// literal takes their meaning from the characters that Markdown and HTML give one.
func literal(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;",
	).Replace(plain(s))
}
