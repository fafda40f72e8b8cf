package template

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// streamLabel is where a real stream has the time of its creation.
const streamLabel = "2026-01-01T00:00:00.000"

// arn writes an ARN of the twin's account and Region.
func arn(service, rest string) string {
	return "arn:aws:" + service + ":" + Region + ":" + AccountID + ":" + rest
}

// nameProperty is where a template may set a resource's physical name.
var nameProperty = map[string]string{
	typeFunction:                  "FunctionName",
	typeTable:                     "TableName",
	"AWS::SecretsManager::Secret": "Name",
	"AWS::SSM::Parameter":         "Name",
	"AWS::IAM::Role":              "RoleName",
	"AWS::SQS::Queue":             "QueueName",
	"AWS::SNS::Topic":             "TopicName",
	"AWS::S3::Bucket":             "BucketName",
	"AWS::Logs::LogGroup":         "LogGroupName",
	"AWS::Events::Rule":           "Name",
	"AWS::CloudWatch::Alarm":      "AlarmName",
	"AWS::ApiGatewayV2::Stage":    "StageName",
}

// ref gives the value of !Ref.
func (s *stack) ref(name string) (any, error) {
	if v, ok := s.values[name]; ok {
		return v, nil
	}
	if v, ok := s.parameters[name]; ok {
		return v, nil
	}
	if owner, property, ok := strings.Cut(name, "."); ok {
		return s.samProperty(owner, property)
	}
	r, err := s.living(name)
	if err != nil {
		return nil, err
	}
	physical, err := s.name(name)
	if err != nil {
		return nil, err
	}
	switch r.kind {
	case typeWebSocketAPI, typeAPI:
		return apiID(name), nil
	case "AWS::SQS::Queue":
		return "https://sqs." + Region + ".amazonaws.com/" + AccountID + "/" + physical, nil
	case "AWS::KMS::Key":
		return keyID(name), nil
	case "AWS::SecretsManager::Secret", "AWS::SNS::Topic", "AWS::Lambda::Alias":
		return resourceARN(r.kind, name, physical), nil
	default:
		return physical, nil
	}
}

// samProperty gives !Ref Function.Alias and its like, which SAM defines for the
// resources that it generates.
func (s *stack) samProperty(owner, property string) (any, error) {
	r, err := s.living(owner)
	if err != nil {
		return nil, err
	}
	physical, err := s.name(owner)
	if err != nil {
		return nil, err
	}
	alias, err := s.resolve("Resources."+owner+".Properties.AutoPublishAlias", r.properties["AutoPublishAlias"])
	if err != nil {
		return nil, err
	}
	published, _ := alias.(string)
	switch {
	case r.kind == typeFunction && property == "Alias" && published != "":
		return resourceARN(r.kind, owner, physical) + ":" + published, nil
	case r.kind == typeFunction && property == "Version" && published != "":
		return resourceARN(r.kind, owner, physical) + ":1", nil
	case r.kind == typeFunction && (property == "Alias" || property == "Version"):
		return nil, fmt.Errorf("%s has no AutoPublishAlias and so no %s", owner, property)
	case r.kind == typeWebSocketAPI && property == "Stage":
		return s.stage(owner)
	default:
		return nil, fmt.Errorf("%s has no property %q to refer to", owner, property)
	}
}

// getAtt gives the value of !GetAtt, whose argument is "Name.Attribute" or a
// list of the two.
func (s *stack) getAtt(arg any) (any, error) {
	path, ok := arg.(string)
	if pair, isPair := arg.([]any); isPair && len(pair) == 2 {
		id, okID := pair[0].(string)
		attribute, okAttribute := pair[1].(string)
		path, ok = id+"."+attribute, okID && okAttribute
	}
	id, attribute, cut := strings.Cut(path, ".")
	if !ok || !cut {
		return nil, errors.New("want a resource and its attribute")
	}
	if v, ok := s.values[path]; ok {
		return v, nil
	}
	if attribute == "Alias" || attribute == "Version" || attribute == "Stage" {
		return s.samProperty(id, attribute)
	}
	r, err := s.living(id)
	if err != nil {
		return nil, err
	}
	physical, err := s.name(id)
	if err != nil {
		return nil, err
	}
	return attributeOf(r.kind, id, physical, attribute)
}

// attributeOf gives an attribute in the form of a real stack. Which attributes a
// type has is for cfn-lint to check: what is not known here, such as the
// outputs of a nested stack, gives a text that is unique and stays the same.
func attributeOf(kind, id, physical, attribute string) (any, error) {
	switch {
	case kind == typeTable && attribute == "StreamArn":
		return resourceARN(kind, id, physical) + "/stream/" + streamLabel, nil
	case isAPI(kind) && attribute == "ApiId":
		return apiID(id), nil
	case isAPI(kind) && attribute == "ApiEndpoint":
		return "wss://" + apiID(id) + ".execute-api." + Region + ".amazonaws.com", nil
	case attribute == "Arn", strings.HasSuffix(kind, "::"+strings.TrimSuffix(attribute, "Arn")):
		return resourceARN(kind, id, physical), nil
	case strings.HasSuffix(attribute, "Arn"):
		return resourceARN(kind, id, physical) + "/" + attribute, nil
	case strings.HasSuffix(attribute, "Name") && !strings.Contains(attribute, "."):
		return physical, nil
	default:
		return physical + "." + attribute, nil
	}
}

func isAPI(kind string) bool { return kind == typeWebSocketAPI || kind == typeAPI }

// resourceARN writes the ARN of a resource.
func resourceARN(kind, id, physical string) string {
	switch kind {
	case typeFunction:
		return arn("lambda", "function:"+physical)
	case typeTable:
		return arn("dynamodb", "table/"+physical)
	case "AWS::SecretsManager::Secret":
		return arn("secretsmanager", "secret:"+physical+"-000000")
	case "AWS::SQS::Queue":
		return arn("sqs", physical)
	case "AWS::SNS::Topic":
		return arn("sns", physical)
	case "AWS::KMS::Key":
		return arn("kms", "key/"+keyID(id))
	case "AWS::Logs::LogGroup":
		return arn("logs", "log-group:"+physical+":*")
	case "AWS::Events::Rule":
		return arn("events", "rule/"+physical)
	case "AWS::CloudWatch::Alarm":
		return arn("cloudwatch", "alarm:"+physical)
	case "AWS::S3::Bucket":
		return "arn:aws:s3:::" + physical
	case "AWS::IAM::Role":
		return "arn:aws:iam::" + AccountID + ":role/" + physical
	default:
		return arn(service(kind), physical)
	}
}

// service is the middle of a type: "ecs" of AWS::ECS::Cluster.
func service(kind string) string {
	parts := strings.Split(kind, "::")
	if len(parts) < 2 {
		return "custom"
	}
	return strings.ToLower(parts[1])
}

// name gives a resource's physical name: the one that the template sets, else
// the logical id for a function and stack-logicalID for the rest.
func (s *stack) name(id string) (string, error) {
	if name, ok := s.names[id]; ok {
		return name, nil
	}
	r := s.resources[id]
	written, ok := r.properties[nameProperty[r.kind]]
	switch {
	case !ok && r.kind == typeFunction:
		return id, nil
	case !ok:
		return StackName + "-" + id, nil
	}
	key := "name " + id
	if s.visiting[key] {
		return "", fmt.Errorf("the name of %s depends on itself", id)
	}
	s.visiting[key] = true
	defer delete(s.visiting, key)
	value, err := s.resolve("Resources."+id+".Properties."+nameProperty[r.kind], written)
	if err != nil {
		return "", err
	}
	name, ok := value.(string)
	if !ok || name == "" {
		return "", fmt.Errorf("the %s of %s is no text", nameProperty[r.kind], id)
	}
	s.names[id] = name
	return name, nil
}

// living returns a resource that is declared and whose condition holds.
func (s *stack) living(id string) (*resource, error) {
	ok, err := s.exists(id)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return s.resources[id], nil
	case s.resources[id] != nil:
		return nil, fmt.Errorf("the resource %s is left out by its condition %s", id, s.resources[id].condition)
	default:
		return nil, fmt.Errorf("there is no parameter or resource %q", id)
	}
}

// stage gives the name of a WebSocket API's stage.
func (s *stack) stage(api string) (string, error) {
	written, ok := s.resources[api].properties["StageName"]
	if !ok {
		return "default", nil
	}
	value, err := s.resolve("Resources."+api+".Properties.StageName", written)
	if err != nil {
		return "", err
	}
	name, ok := value.(string)
	if !ok || name == "" || name == "$default" {
		return "", fmt.Errorf("StageName of %s: want a name other than $default", api)
	}
	return name, nil
}

// apiID gives an API the ten letters that AWS would draw.
func apiID(id string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	sum := digest(id)
	out := make([]byte, 10)
	for i := range out {
		out[i] = letters[sum>>(5*i)&31]
	}
	return string(out)
}

// keyID gives a KMS key the UUID that AWS would draw.
func keyID(id string) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", digest(id)&(1<<48-1))
}

func digest(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return h.Sum64()
}
