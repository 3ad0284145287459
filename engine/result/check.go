package result

// A Check is one thing that was watched of the generator, beside its limit. A run is valid when all of its checks are OK.
type Check struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"` // the worst of the run, in Unit
	Limit float64 `json:"limit"` // the most that is good
	Unit  string  `json:"unit"`  // s, share, requests, …
	OK    bool    `json:"ok"`
	Note  string  `json:"note,omitempty"` // what a value over its limit means, and what to do; or why there is no value
}
