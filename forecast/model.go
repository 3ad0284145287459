package forecast

import "github.com/peakday/peakday/forecast/series"

// A Model learns from a history. The history must be all that it sees: the
// calibration fits it again and again on ever longer beginnings.
type Model interface {
	Name() string
	Fit(s series.Series) (Fitted, error)
}

// Fitted forecasts from the end of the history it was fitted to.
type Fitted interface {
	// Path is, for each of the coming bins, the level that the model expects to
	// stay above with probability p, in (0, 1); p = 0.5 is the point forecast.
	// Every value is > 0, and none falls when p rises. It need not be
	// calibrated: New does that for every model alike.
	Path(p float64, bins int) []float64
}

// Models are all there are, the default first.
func Models() []Model { return []Model{HourOfWeek{}} }
