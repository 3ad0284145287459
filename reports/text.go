package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
)

// columns is the width of a terminal that the text is written for.
const columns = 100

// writeText writes the document for a terminal.
func writeText(w io.Writer, d Document) error { return writeHeaded(w, d.Head, d, d.Sections...) }

// WriteGate writes the verdict and the budgets that it rests on, as text.
func WriteGate(w io.Writer, d Document) error {
	return writeHeaded(w, string(d.Verdict), d, budgetSection(d))
}

// WriteForecast writes what is said about a forecast, as text.
func WriteForecast(w io.Writer, f forecast.Forecast) error {
	d := Drill{Forecast: &f}
	return writeSections(w, forecastSection(d, Build(d)))
}

// WriteSizing writes what is said about a measured capacity and a plan, as text.
func WriteSizing(w io.Writer, c capacity.Capacity, p sizing.Plan) error {
	return writeSections(w, sizingSection(Build(Drill{Capacity: &c, Plan: &p})))
}

func writeHeaded(w io.Writer, head string, d Document, sections ...Section) error {
	_, err := fmt.Fprintf(w, "%s: %s\n%s\n\n", strings.ToUpper(head), plain(d.Title), wrap(plain(d.Sentence)))
	if err != nil {
		return err
	}
	return writeSections(w, sections...)
}

func writeSections(w io.Writer, sections ...Section) error {
	var out strings.Builder
	for i, s := range sections {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s\n", strings.ToUpper(plain(s.Title)))
		for _, text := range s.Text {
			fmt.Fprintf(&out, "%s\n", wrap(plain(text)))
		}
		for _, t := range s.Tables {
			if t.Title != "" {
				fmt.Fprintf(&out, "\n%s\n", plain(t.Title))
			}
			if err := textTable(&out, t); err != nil {
				return fmt.Errorf("table %q: %w", t.Title, err)
			}
			if t.Rest > 0 {
				fmt.Fprintf(&out, "%s\n", wrap(plain(t.Left)))
			}
			if t.Note != "" {
				fmt.Fprintf(&out, "%s\n", wrap(plain(t.Note)))
			}
		}
	}
	for line := range strings.Lines(out.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func textTable(w io.Writer, t Table) error {
	t.Rows = t.Rows[:len(t.Rows)-t.Rest]
	align := make([]tw.Align, len(t.Head))
	for i := range align {
		align[i] = tw.AlignRight
		if i == 0 || !numeric(t, i) {
			align[i] = tw.AlignLeft
		}
	}
	table := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone, Symbols: tw.NewSymbols(tw.StyleASCII),
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(align),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	room := rooms(t)
	if strings.Join(t.Head, "") != "" {
		table.Header(cells(t.Head, room))
	}
	for _, row := range t.Rows {
		if err := table.Append(cells(row, room)); err != nil {
			return err
		}
	}
	return table.Render()
}

// cells cleans a row and cuts what has no room.
func cells(row []string, room []int) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = plain(cell)
		if utf8.RuneCountInString(out[i]) > room[i] {
			out[i] = string([]rune(out[i])[:room[i]-1]) + "…"
		}
	}
	return out
}

// rooms are the widths of the columns. Where they are too wide together the last one is cut, and then the names in the first.
func rooms(t Table) []int {
	room := make([]int, len(t.Head))
	over := -columns - 2 // nothing stands between the last column and the edge
	for i := range t.Head {
		room[i] = utf8.RuneCountInString(plain(t.Head[i]))
		for _, row := range t.Rows {
			room[i] = max(room[i], utf8.RuneCountInString(plain(row[i])))
		}
		over += room[i] + 2
	}
	for _, cut := range []struct{ column, least int }{{len(room) - 1, 12}, {0, 24}} {
		less := min(max(over, 0), max(room[cut.column]-cut.least, 0))
		room[cut.column] -= less
		over -= less
	}
	return room
}

// numeric says that a column holds figures: they stand right.
func numeric(t Table, column int) bool {
	for _, row := range t.Rows {
		r, _ := utf8.DecodeRuneInString(row[column])
		if row[column] != unknown && !strings.ContainsRune("0123456789−≤<", r) {
			return false
		}
	}
	return true
}

// harmless makes a space of what a terminal or a reader of XML takes for more than text: control characters, and those
// that turn the direction of writing.
func harmless(r rune) rune {
	if r != '\n' && unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
		return ' '
	}
	return r
}

// Harmless is text from outside for a terminal, with a space for each control character but the ends of lines, and for
// each that turns the direction of writing.
func Harmless(s string) string { return strings.Map(harmless, s) }

// plain is text from outside on one line.
func plain(s string) string { return strings.Join(strings.Fields(Harmless(s)), " ") }

// wrap breaks text into lines of at most columns.
func wrap(s string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
