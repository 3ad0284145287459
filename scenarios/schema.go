package scenarios

import (
	"encoding/json"
	"maps"
)

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// Schema is the JSON Schema (draft 2020-12) of the scenario document, for editors and other tools. It is made from the
// tables that Parse reads by, so every key and pattern in it is the parser's own. Parse also checks what a schema cannot
// say: that points rise, that operations exist, that budgets parse.
func Schema() []byte {
	s := document().schema.with("$schema", "https://json-schema.org/draft/2020-12/schema").with("title", "peakday scenario").
		with("$defs", map[string]schema{"step": step().schema})
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // the schema is made of strings, numbers, lists and maps
	}
	return append(data, '\n')
}

// with is the schema with one more keyword; the original stays as it was.
func (s schema) with(keyword string, value any) schema {
	s = maps.Clone(s)
	s[keyword] = value
	return s
}

func objectSchema[O any](fields []field[O]) schema {
	properties := map[string]schema{}
	var required []string
	for _, f := range fields {
		properties[f.key] = f.schema.with("description", f.doc)
		if f.required {
			required = append(required, f.key)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}
