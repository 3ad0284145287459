// Package admission decides which requests a service takes.
package admission
