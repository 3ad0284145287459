package result

import (
	"fmt"
	"strings"
	"time"
)

// String is the check as a sentence: its value, its limit, and what it means.
func (c Check) String() string {
	text := fmt.Sprintf("%s is %s, limit %s", c.Name, c.amount(c.Value), c.amount(c.Limit))
	if c.Note != "" {
		text += ": " + c.Note
	}
	return text
}

func (c Check) amount(v float64) string {
	of, share := strings.CutPrefix(c.Unit, "share of ")
	switch {
	case c.Unit == "s":
		d := time.Duration(v * 1e9)
		if d > time.Millisecond {
			d = d.Round(time.Microsecond)
		}
		return d.String()
	case share:
		return fmt.Sprintf("%.3g %% of the %s", 100*v, of)
	}
	return strings.TrimSpace(fmt.Sprintf("%.6g %s", v, c.Unit))
}
