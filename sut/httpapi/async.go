package httpapi

// accepted is the answer of what is done later.
type accepted struct {
	Job   string `json:"job"`
	State string `json:"state"`
}
