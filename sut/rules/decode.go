package rules

import (
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
)

// decode reads strict YAML: a key that nobody asked for is an error. The library panics on some texts that no person
// would write, such as a tag where a list is wanted; that too is an error of the text (found by fuzzing, v1.19.2).
func decode(r io.Reader, into any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("not to be read as YAML (%v): write it without tags and anchors", p)
		}
	}()
	return yaml.NewDecoder(r, yaml.Strict()).Decode(into)
}
