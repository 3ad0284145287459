package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/peakday/peakday/reports/chart"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// writeHTML writes one page that needs nothing beside itself: no script, no font, no request to anywhere.
func writeHTML(w io.Writer, d Document) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"svg":      svg,
		"style":    style,
		"capital":  capital,
		"count":    count,
		"width":    width,
		"share":    func(part, whole uint64) string { return measured(Number(float64(part)/float64(whole)), "share") },
		"titled":   func(head []string) bool { return strings.Join(head, "") != "" },
		"numeric":  numeric,
		"wide":     func(t Table) bool { return len(t.Head) > 4 }, // too wide to stand beside a picture
		"given":    given,
		"measured": measured,
		"cameIn":   func(r RunFacts) string { return cameIn(r) },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	var out strings.Builder
	if err := page.Execute(&out, d); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	_, err = io.WriteString(w, strings.Map(harmless, out.String()))
	return err
}

// svg draws a chart. The chart escapes every text of its own, so its markup is safe in the page.
func svg(c chart.Chart) (template.HTML, error) {
	var out strings.Builder
	if err := c.SVG(&out); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil
}

// style is the style sheet, with the colours of the charts for both grounds.
func style() template.CSS {
	var light, dark strings.Builder
	for _, p := range chart.Properties() {
		fmt.Fprintf(&light, "%s:%s;", p.Name, p.Light)
		fmt.Fprintf(&dark, "%s:%s;", p.Name, p.Dark)
	}
	return template.CSS(":root{" + light.String() + "}@media (prefers-color-scheme:dark){:root{" + dark.String() + "}}\n" + pageStyle)
}

// width is that of a part of a bar.
func width(part, whole uint64) string {
	if whole == 0 {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(part)/float64(whole))
}
