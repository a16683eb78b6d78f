using Headroom.Planning.Search;

namespace Headroom.Planning.Export;

/// <summary>An indexed Kubernetes Job, a pod a node, with a headless service by which the nodes find each other (batch/v1; kubernetes.io, "Job with Pod-to-Pod Communication").</summary>
public sealed class KubernetesExport : IPlanExport
{
    public string Name => "kubernetes";

    public string FileName => "job.yaml";

    public string? Obstacle(TrainingPlan plan) => Resource(plan) is null ? $"runs on {plan.Accelerator.Name}, for which no device plugin's resource name is known" : null;

    public string Write(TrainingPlan plan, string model)
    {
        int perNode = Math.Min(plan.Count, plan.NodeSize), nodes = (plan.Count + perNode - 1) / perNode;
        return $"""
            # {model} on {plan.Count} x {plan.Accelerator.Name}. Put in your image and the command that trains (headroom plan ... --export writes those too).
            apiVersion: v1
            kind: Service
            metadata:
              name: training
            spec:
              clusterIP: None
              selector:
                job-name: training
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: training
            spec:
              completionMode: Indexed
              completions: {nodes}
              parallelism: {nodes}
              backoffLimit: 3
              template:
                spec:
                  subdomain: training
                  restartPolicy: OnFailure
                  containers:
                    - name: trainer
                      image: YOUR_IMAGE
                      command: ["bash", "/settings/train.sh"]
                      env:
                        - name: MASTER_ADDR
                          value: training-0.training
                        - name: NODE_RANK
                          valueFrom:
                            fieldRef:
                              fieldPath: metadata.annotations['batch.kubernetes.io/job-completion-index']
                      resources:
                        limits:
                          {Resource(plan)}: {perNode}
                      volumeMounts:
                        - name: shared-memory
                          mountPath: /dev/shm
                  volumes:
                    - name: shared-memory
                      emptyDir:
                        medium: Memory

            """;
    }

    /// <summary>By which the makers' device plugins count devices.</summary>
    private static string? Resource(TrainingPlan plan) => plan.Accelerator.Maker switch
    {
        "NVIDIA" => "nvidia.com/gpu",
        "AMD" => "amd.com/gpu",
        "Google" => "google.com/tpu",
        "Intel" => "habana.ai/gaudi",
        "AWS" or "Amazon" => "aws.amazon.com/neuron",
        _ => null,
    };
}
