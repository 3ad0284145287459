package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// historyFlags say what a history does not say of itself.
type historyFlags struct {
	history.Options
	format, measure, zone string
	seasons               []string
	outages, throttled    []string
}

func addHistoryFlags(c *cobra.Command) *historyFlags {
	var h historyFlags
	f := c.Flags()
	f.StringVar(&h.format, "format", "", "format of the history: "+words(history.Formats())+" (default: found)")
	f.StringVar(&h.Time, "time", "", "name of the time column, or key of a JSON log (default: found)")
	f.StringVar(&h.Value, "value", "", "name of the value column (default: found)")
	f.StringVar(&h.Series, "series", "", "which series to take of a history that has several")
	f.StringVar(&h.measure, "measure", "", "what the values are: "+words(history.Measures())+" (default: found, else count)")
	f.StringVar(&h.zone, "zone", "UTC", "zone of stamps without one, and of the hours of the week")
	f.DurationVar(&h.Step, "step", 0, "length of a bin (default: the history's own; a log's is 1m)")
	f.StringSliceVar(&h.seasons, "season", nil, "seasons such as 24,168 (bins) or 24h,168h (default: found)")
	f.StringArrayVar(&h.outages, "outage", nil, "FROM..TO in which the service was down: what came then is not demand (may be repeated)")
	f.StringArrayVar(&h.throttled, "throttled", nil, "FROM..TO in which some were refused: what came then is a lower bound (may be repeated)")
	return &h
}

// check the flags and make options of them.
func (h *historyFlags) check(c *cobra.Command) error {
	var err error
	if h.Location, err = time.LoadLocation(h.zone); err != nil {
		return usage(c, "--zone %s: %v; want a name such as Asia/Shanghai", h.zone, err)
	}
	if h.format != "" {
		if h.Format, err = history.ParseFormat(h.format); err != nil {
			return usage(c, "--format: %v", err)
		}
	}
	if h.Measure = history.Measure(h.measure); h.measure != "" && !slices.Contains(history.Measures(), h.Measure) {
		return usage(c, "--measure %q: want one of %s", h.measure, words(history.Measures()))
	}
	if h.Step != 0 && h.Step < time.Second {
		return usage(c, "--step %v: want at least 1s", h.Step)
	}
	for _, season := range h.seasons {
		if _, err := bins(season, time.Nanosecond); err != nil {
			return usage(c, "--season: %v", err)
		}
	}
	for _, m := range []struct {
		flag  string
		texts []string
		state series.State
	}{{"outage", h.outages, series.Outage}, {"throttled", h.throttled, series.Throttled}} {
		for _, text := range m.texts {
			mark, err := history.ParseMark(text, m.state, h.Location)
			if err != nil {
				return usage(c, "--%s %v", m.flag, err)
			}
			h.Marks = append(h.Marks, mark)
		}
	}
	return nil
}

// tell puts the seasons that were told into a series; without any they are left to be found.
func (h *historyFlags) tell(s *series.Series) error {
	for _, text := range h.seasons {
		length, err := bins(text, s.Step)
		if err != nil {
			return fmt.Errorf("--season: %w", err)
		}
		if 2*length > s.Len() {
			return fmt.Errorf("--season %s: %d bins, and the history has %d: want at least twice the season", text, length, s.Len())
		}
		s.Seasons = append(s.Seasons, length)
	}
	slices.Sort(s.Seasons)
	s.Seasons = slices.Compact(s.Seasons)
	return nil
}

// bins reads a season: a number of bins, or a duration that is a whole number of them.
func bins(text string, step time.Duration) (int, error) {
	text = strings.TrimSpace(text)
	n, err := strconv.Atoi(text)
	if err != nil {
		d, durationErr := time.ParseDuration(text)
		if durationErr != nil {
			return 0, fmt.Errorf("%q: want bins such as 24 or a duration such as 24h", text)
		}
		if step <= 0 {
			return 0, fmt.Errorf("%s: the history has no step to measure it by: want bins such as 24", text)
		}
		if n = int(d / step); d%step != 0 && step < d {
			return 0, fmt.Errorf("%s: no whole number of bins of %v", text, step)
		}
	}
	if n < 2 {
		return 0, fmt.Errorf("%s: want at least 2 bins", text)
	}
	return n, nil
}

// warningsOf a history, which tell why it cannot be forecast.
func warningsOf(h history.History) []error {
	var all []error
	for _, w := range h.Warnings() {
		all = append(all, errors.New(w))
	}
	return all
}

func words[T ~string](all []T) string {
	var text []string
	for _, w := range all {
		text = append(text, string(w))
	}
	return strings.Join(text, ", ")
}

// fit reads the history of a file, or one series of it, and makes it ready to be forecast.
func (h *historyFlags) fit(c *cobra.Command, s *session, m forecast.Model, file, series string) (history.History, forecast.Fitted, error) {
	read, err := openHistory(file, series, patient{c.Context(), s.stdin}, h.Options)
	if err != nil {
		return read, forecast.Fitted{}, err
	}
	if read.Series.Step == 0 {
		return read, forecast.Fitted{}, usage(c, "%s has no stamps: say how long a bin is, such as --step 1h", file)
	}
	if err := h.tell(&read.Series); err != nil {
		return read, forecast.Fitted{}, err
	}
	fitted, err := m.Fit(read)
	if err != nil {
		err = errors.Join(append([]error{err}, warningsOf(read)...)...)
	}
	return read, fitted, err
}
