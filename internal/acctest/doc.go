// Package acctest runs the acceptance tests: it finds the Terraform or OpenTofu binary, makes providers for the test
// framework, and runs the built provider under the real command line where a test needs processes of its own.
package acctest
