package workflow

import (
	"fmt"
	"strings"
)

// Mermaid draws the machine as a state diagram in Mermaid's text form. An edge shows its verb, its roles in brackets and
// its conditions; a compensation begins with "undo".
func (m Machine) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s\n", m.Start)
	for _, e := range m.Edges {
		label := e.Verb
		if e.Compensation {
			label = "undo, " + label
		}
		label += " [" + e.Roles.String() + "]"
		if e.FourEyes {
			label += " four eyes"
		}
		if e.Guard != "" {
			label += " if " + e.Guard
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", e.From, e.To, label)
	}
	for _, s := range m.States() {
		if m.Terminal(s) {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}
