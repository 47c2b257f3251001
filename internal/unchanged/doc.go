// Package unchanged stands between Terraform and the framework's server, and answers what it can prove: that the state of an
// object is the one that Terraform has, that its plan is to do nothing, that a configuration like one that was found valid is
// valid. Everything else, and everything in doubt, it hands on to the framework, which decodes, copies and walks every value
// several times for each request. It knows the shape of the values from the schema, and of the service nothing: whether an
// object is what its state says, the resource itself tells, by the code that reads it for the framework too.
package unchanged
