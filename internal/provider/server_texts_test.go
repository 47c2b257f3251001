package provider

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	hidden  = "a\x1b[31m\x07\x00\x7f\u0085\u202e\u2066\u200b\u2028\xff\r\nb"
	visible = `a\x1b[31m\a\x00\x7f\u0085\u202e\u2066\u200b\u2028\xff` + "\nb"
)

// TestVisibleServer_everyResponse asks for every response that there is, also those of a later version of the protocol.
func TestVisibleServer_everyResponse(t *testing.T) {
	server := reflect.ValueOf(visibleServer{hiddenServer{}})
	all := reflect.TypeFor[frameworkServer]()
	for i := range all.NumMethod() {
		method := all.Method(i)
		t.Run(method.Name, func(t *testing.T) {
			answers := server.MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.Zero(method.Type.In(1))})
			texts := textsIn(t, answers[0].Interface())
			if len(texts) == 0 {
				t.Fatal("a response without a text")
			}
			for _, text := range texts {
				if text != visible {
					t.Errorf("got  %q\nwant %q", text, visible)
				}
			}
		})
	}
}

// textsIn are the texts of a response that people read.
func textsIn(t *testing.T, response any) (texts []string) {
	t.Helper()
	diagnostics := func(all []*tfprotov6.Diagnostic) {
		for _, d := range all {
			texts = append(texts, d.Summary, d.Detail)
		}
	}
	switch r := response.(type) {
	case *tfprotov6.CallFunctionResponse:
		texts = append(texts, r.Error.Text)
	case *tfprotov6.StopProviderResponse:
		texts = append(texts, r.Error)
	case *tfprotov6.ListResourceServerStream:
		for result := range r.Results {
			texts = append(texts, result.DisplayName)
			diagnostics(result.Diagnostics)
		}
	case *tfprotov6.InvokeActionServerStream:
		for event := range r.Events {
			switch kind := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				texts = append(texts, kind.Message)
			case tfprotov6.CompletedInvokeActionEventType:
				diagnostics(kind.Diagnostics)
			}
		}
	default:
		all, ok := reflect.ValueOf(response).Elem().FieldByName("Diagnostics").Interface().([]*tfprotov6.Diagnostic)
		if !ok {
			t.Fatalf("%T has no diagnostics", response)
		}
		diagnostics(all)
	}
	return texts
}

// hiddenServer answers everything with texts that cannot be seen.
type hiddenServer struct{}

func hiddenDiagnostics() []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: hidden, Detail: hidden},
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: hidden, Detail: hidden},
	}
}

func hiddenResponse[R any]() *R {
	var response R
	reflect.ValueOf(&response).Elem().FieldByName("Diagnostics").Set(reflect.ValueOf(hiddenDiagnostics()))
	return &response
}

func (hiddenServer) CallFunction(context.Context, *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: hidden}}, nil
}

func (hiddenServer) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{Error: hidden}, nil
}

func (hiddenServer) ListResource(context.Context, *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return &tfprotov6.ListResourceServerStream{Results: slices.Values([]tfprotov6.ListResourceResult{
		{DisplayName: hidden, Diagnostics: hiddenDiagnostics()},
	})}, nil
}

func (hiddenServer) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: slices.Values([]tfprotov6.InvokeActionEvent{
		{Type: tfprotov6.ProgressInvokeActionEventType{Message: hidden}},
		{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: hiddenDiagnostics()}},
	})}, nil
}

func (hiddenServer) ApplyResourceChange(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return hiddenResponse[tfprotov6.ApplyResourceChangeResponse](), nil
}

func (hiddenServer) CloseEphemeralResource(context.Context, *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return hiddenResponse[tfprotov6.CloseEphemeralResourceResponse](), nil
}

func (hiddenServer) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return hiddenResponse[tfprotov6.ConfigureProviderResponse](), nil
}

func (hiddenServer) GenerateResourceConfig(context.Context, *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return hiddenResponse[tfprotov6.GenerateResourceConfigResponse](), nil
}

func (hiddenServer) GetFunctions(context.Context, *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return hiddenResponse[tfprotov6.GetFunctionsResponse](), nil
}

func (hiddenServer) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return hiddenResponse[tfprotov6.GetMetadataResponse](), nil
}

func (hiddenServer) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return hiddenResponse[tfprotov6.GetProviderSchemaResponse](), nil
}

func (hiddenServer) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return hiddenResponse[tfprotov6.GetResourceIdentitySchemasResponse](), nil
}

func (hiddenServer) ImportResourceState(context.Context, *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return hiddenResponse[tfprotov6.ImportResourceStateResponse](), nil
}

func (hiddenServer) MoveResourceState(context.Context, *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return hiddenResponse[tfprotov6.MoveResourceStateResponse](), nil
}

func (hiddenServer) OpenEphemeralResource(context.Context, *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return hiddenResponse[tfprotov6.OpenEphemeralResourceResponse](), nil
}

func (hiddenServer) PlanAction(context.Context, *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return hiddenResponse[tfprotov6.PlanActionResponse](), nil
}

func (hiddenServer) PlanResourceChange(context.Context, *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return hiddenResponse[tfprotov6.PlanResourceChangeResponse](), nil
}

func (hiddenServer) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return hiddenResponse[tfprotov6.ReadDataSourceResponse](), nil
}

func (hiddenServer) ReadResource(context.Context, *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return hiddenResponse[tfprotov6.ReadResourceResponse](), nil
}

func (hiddenServer) RenewEphemeralResource(context.Context, *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return hiddenResponse[tfprotov6.RenewEphemeralResourceResponse](), nil
}

func (hiddenServer) UpgradeResourceIdentity(context.Context, *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return hiddenResponse[tfprotov6.UpgradeResourceIdentityResponse](), nil
}

func (hiddenServer) UpgradeResourceState(context.Context, *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return hiddenResponse[tfprotov6.UpgradeResourceStateResponse](), nil
}

func (hiddenServer) ValidateActionConfig(context.Context, *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateActionConfigResponse](), nil
}

func (hiddenServer) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateDataResourceConfigResponse](), nil
}

func (hiddenServer) ValidateEphemeralResourceConfig(context.Context, *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateEphemeralResourceConfigResponse](), nil
}

func (hiddenServer) ValidateListResourceConfig(context.Context, *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateListResourceConfigResponse](), nil
}

func (hiddenServer) ValidateProviderConfig(context.Context, *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateProviderConfigResponse](), nil
}

func (hiddenServer) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return hiddenResponse[tfprotov6.ValidateResourceConfigResponse](), nil
}
