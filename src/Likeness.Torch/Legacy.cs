using System.Diagnostics.CodeAnalysis;

namespace Likeness.Torch;

/// <summary>Today's names over TorchSharp's tensor, for as long as the code is being renamed.</summary>
public static class Legacy
{
    extension(Device)
    {
        public static Device Cpu => torch.CPU;
        public static Device Cuda => torch.CUDA;
        public static Device Parse(string text) => Devices.Parse(text);
    }

    extension(Device self)
    {
        public DeviceType Type => self.type;
        public int Index => self.index;
    }

    extension(Tensor self)
    {
        public long[] Shape => self.shape;
        public long Dims => self.ndim;
        public long Count => self.numel();
        public ScalarType ScalarType => self.dtype;
        public Device Device => self.device;
        public bool RequiresGrad => self.requires_grad;
        public long Size(int dim) => self.size(dim);
        public bool IsContiguous() => self.is_contiguous();
        public Tensor WithGrad(bool requires = true) => self.requires_grad_(requires);
        public double Item() => self.ToDouble();
        public Tensor To(ScalarType type) => self.to(type);
        public Tensor To(Device device) => self.to(device);
        public Tensor Add(Tensor other) => self.add(other);
        public Tensor Add(Tensor other, Scalar alpha) => self.add(other, alpha);
        public Tensor Add(Scalar other) => self.add(other);
        public Tensor AddInPlace(Tensor other) => self.add_(other);
        public Tensor AddInPlace(Tensor other, Scalar alpha) => self.add_(other, alpha);
        public Tensor AddInPlace(Scalar other) => self.add_(other);
        public Tensor Sub(Tensor other) => self.sub(other);
        public Tensor Sub(Scalar other) => self.sub(other);
        public Tensor SubInPlace(Tensor other) => self.sub_(other);
        public Tensor SubInPlace(Scalar other) => self.sub_(other);
        public Tensor Mul(Tensor other) => self.mul(other);
        public Tensor Mul(Scalar other) => self.mul(other);
        public Tensor MulInPlace(Tensor other) => self.mul_(other);
        public Tensor MulInPlace(Scalar other) => self.mul_(other);
        public Tensor Div(Tensor other) => self.div(other);
        public Tensor Div(Scalar other) => self.div(other);
        public Tensor DivInPlace(Tensor other) => self.div_(other);
        public Tensor DivInPlace(Scalar other) => self.div_(other);
        public Tensor Neg() => self.neg();
        public Tensor Pow(Scalar exponent) => self.pow(exponent);
        public Tensor Exp() => self.exp();
        public Tensor Log() => self.log();
        public Tensor Log1p() => self.log1p();
        public Tensor Expm1() => self.expm1();
        public Tensor Sqrt() => self.sqrt();
        public Tensor Square() => self.square();
        public Tensor Abs() => self.abs();
        public Tensor Sin() => self.sin();
        public Tensor Cos() => self.cos();
        public Tensor Tanh() => self.tanh();
        public Tensor Sigmoid() => self.sigmoid();
        public Tensor Relu() => self.relu();
        public Tensor LeakyRelu(Scalar slope) => self.leaky_relu(slope);
        public Tensor LeakyReluInPlace(Scalar slope) => self.leaky_relu_(slope);
        public Tensor Silu() => self.silu();
        public Tensor Gelu() => self.gelu();
        public Tensor Elu() => self.elu();
        public Tensor Glu(long dim) => self.glu(dim);
        public Tensor Softplus() => self.softplus();
        public Tensor LogSigmoid() => self.log_sigmoid();
        public Tensor Softmax(long dim) => self.softmax(dim);
        public Tensor LogSoftmax(long dim) => self.log_softmax(dim);
        public Tensor Logsumexp(long dim, bool keepdim = false) => self.logsumexp(dim, keepdim);
        public Tensor Logsumexp(long[] dim, bool keepdim = false) => self.logsumexp(dim[0], keepdim);
        public Tensor Clamp(Scalar? min = null, Scalar? max = null) => self.clamp(min, max);
        public Tensor ClampMin(Scalar min) => self.clamp_min(min);
        public Tensor Floor() => self.floor();
        public Tensor Round() => self.round();
        public Tensor Sign() => self.sign();
        public Tensor Reciprocal() => self.reciprocal();
        public Tensor Remainder(Scalar other) => self.remainder(other);
        public Tensor SpecialLogNdtr() => Special.LogNdtr(self);
        public Tensor Sum(ScalarType? dtype = null) => self.sum(type: dtype);
        public Tensor Sum(long[] dim, bool keepdim = false, ScalarType? dtype = null) => self.sum(dim, keepdim, dtype);
        [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
        public Tensor Sum(long dim, bool keepdim = false, ScalarType? dtype = null) => self.sum([dim], keepdim, dtype);
        public Tensor Cumsum(long dim, ScalarType? dtype = null) => self.cumsum(dim, dtype);
        public Tensor Mean() => self.mean();
        public Tensor Mean(long[] dim, bool keepdim = false) => self.mean(dim, keepdim);
        public Tensor Mean(long dim, bool keepdim = false) => self.mean([dim], keepdim);
        public Tensor Std(long[] dim, bool unbiased = true, bool keepdim = false) => self.std(dim, unbiased, keepdim);
        public Tensor Amax(long[] dim, bool keepdim = false) => self.amax(dim, keepdim);
        public Tensor Amax(long dim, bool keepdim = false) => self.amax([dim], keepdim);
        public Tensor Max() => self.max();
        public Tensor Min() => self.min();
        public Tensor Argmax(long dim, bool keepdim = false) => self.argmax(dim, keepdim);
        public Tensor Any() => self.any();
        public Tensor All(long dim, bool keepdim = false) => self.all(dim, keepdim);
        public Tensor Matmul(Tensor other) => self.matmul(other);
        public Tensor Mm(Tensor other) => self.mm(other);
        public (Tensor L, Tensor Info) LinalgCholeskyEx() => torch.linalg.cholesky_ex(self);
        public (Tensor Eigenvalues, Tensor Eigenvectors) LinalgEigh() => torch.linalg.eigh(self);
        public Tensor LinalgSolveTriangular(Tensor b, bool upper, bool left = true) => torch.linalg.solve_triangular(self, b, upper, left);
        public Tensor AvgPool2d(long[] kernelSize) => torch.nn.functional.avg_pool2d(self, kernelSize);
        public Tensor MaxPool2d(long[] kernelSize, long[]? stride = null) => torch.nn.functional.max_pool2d(self, kernelSize, stride);
        public Tensor UpsampleNearest2d(long[] size) => torch.nn.functional.upsample_nearest2d(self, size);
        public Tensor UpsampleBilinear2d(long[] size, bool alignCorners) => torch.nn.functional.interpolate(self, size, mode: TorchSharp.torch.InterpolationMode.Bilinear, align_corners: alignCorners);
        public Tensor Reshape(params long[] shape) => self.reshape(shape);
        public Tensor View(params long[] shape) => self.view(shape);
        public Tensor Transpose(long dim0, long dim1) => self.transpose(dim0, dim1);
        public Tensor Permute(params long[] dims) => self.permute(dims);
        public Tensor T() => self.t();
        public Tensor Contiguous() => self.contiguous();
        public Tensor Expand(params long[] size) => self.expand(size);
        public Tensor Squeeze(long dim) => self.squeeze(dim);
        public Tensor Unsqueeze(long dim) => self.unsqueeze(dim);
        public Tensor[] Chunk(long chunks, long dim = 0) => self.chunk(chunks, dim);
        public Tensor[] Split(long size, int dim = 0) => self.split(size, dim);
        public Tensor Narrow(long dim, long start, long length) => self.narrow(dim, start, length);
        public Tensor Slice(long dim, long start, long end, long step = 1) => self.slice(dim, start, end, step);
        public Tensor Select(long dim, long index) => self.select(dim, index);
        public Tensor IndexSelect(long dim, Tensor index) => self.index_select(dim, index);
        public Tensor Gather(long dim, Tensor index) => self.gather(dim, index);
        public Tensor Repeat(params long[] repeats) => self.repeat(repeats);
        public Tensor Diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => self.diagonal(offset, dim1, dim2);
        public Tensor Triu(long diagonal = 0) => self.triu(diagonal);
        public Tensor MaskedFill(Tensor mask, Scalar value) => self.masked_fill(mask, value);
        public Tensor Index(params Tensor[] indices) => self.index(indices);
        public Tensor Pad(long[] pad) => torch.nn.functional.pad(self, pad);
        public Tensor IndexAddInPlace(long dim, Tensor index, Tensor source) => self.index_add_(dim, index, source, 1);
        public Tensor IndexCopyInPlace(long dim, Tensor index, Tensor source) => self.index_copy_(dim, index, source);
        public Tensor Flatten(long startDim = 0, long endDim = -1) => self.flatten(startDim, endDim);
        public Tensor Eq(Tensor other) => self.eq(other);
        public Tensor Eq(Scalar other) => self.eq(other);
        public Tensor Ne(Scalar other) => self.ne(other);
        public Tensor Lt(Tensor other) => self.lt(other);
        public Tensor Lt(Scalar other) => self.lt(other);
        public Tensor Gt(Tensor other) => self.gt(other);
        public Tensor Gt(Scalar other) => self.gt(other);
        public Tensor ZerosLike() => self.zeros_like();
        public Tensor FullLike(Scalar value) => self.full_like(value);
        public Tensor EmptyLike() => self.empty_like();
        public Tensor Clone() => self.clone();
        public Tensor Detach() => self.detach();
        public Tensor CopyInPlace(Tensor source) => self.copy_(source);
        public Tensor FillInPlace(Scalar value) => self.fill_(value);
        public Tensor NormalInPlace(Rng generator, double mean = 0, double std = 1) => self.normal_(mean, std, generator.Generator);
        public Tensor UniformInPlace(Rng generator, double from = 0, double to = 1) => self.uniform_(from, to, generator.Generator);
        public Tensor Bernoulli(Rng generator) => self.bernoulli(generator.Generator);
        public Tensor BernoulliInPlace(Rng generator, double p = 0.5) => self.bernoulli_(p, generator.Generator);
        public Tensor Multinomial(long count, Rng generator, bool replacement = false) => self.multinomial(count, replacement, generator.Generator);
        public Tensor MseLoss(Tensor target) => torch.nn.functional.mse_loss(self, target);
        public Tensor Bincount(Tensor? weights = null, long minlength = 0) => torch.bincount(self, weights, minlength);
        public (Tensor Values, Tensor Indices) Sort(long dim = -1, bool descending = false) => self.sort(dim, descending);
        public (Tensor Values, Tensor Indices) Topk(int k, int dim = -1, bool largest = true) => self.topk(k, dim, largest);
        public bool Allclose(Tensor other, double rtol = 1e-5, double atol = 1e-8) => self.allclose(other, rtol, atol);
        public bool Equal(Tensor other) => self.Equals(other);
    }
}

/// <summary>Today's functions.</summary>
public static class Ops
{
    public static Tensor LinalgSolve(Tensor a, Tensor b) => torch.linalg.solve(a, b);
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias = null) => torch.nn.functional.linear(input, weight, bias);
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, long groups = 1) => torch.nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    public static Tensor ConvTranspose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? outputPadding = null, long groups = 1) => torch.nn.functional.conv_transpose2d(input, weight, bias, stride, padding, outputPadding, groups: groups);
    public static Tensor BatchNorm(Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps, bool cudnnEnabled) => torch.nn.functional.batch_norm(input, runningMean, runningVar, weight, bias, training, momentum, eps);
    public static Tensor LayerNorm(Tensor input, long[] normalizedShape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) => torch.nn.functional.layer_norm(input, normalizedShape, weight, bias, eps);
    public static Tensor GroupNorm(Tensor input, long numGroups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) => torch.nn.functional.group_norm(input, numGroups, weight, bias, eps);
    public static Tensor InstanceNorm(Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool useInputStats, double momentum, double eps, bool cudnnEnabled) => torch.nn.functional.instance_norm(input, runningMean, runningVar, weight, bias, useInputStats, momentum, eps);
    public static Tensor Cat(Tensor[] tensors, long dim = 0) => torch.cat(tensors, dim);
    public static Tensor Stack(Tensor[] tensors, long dim = 0) => torch.stack(tensors, dim);
    public static Tensor Where(Tensor condition, Tensor self, Tensor other) => torch.where(condition, self, other);
    public static Tensor Where(Tensor condition, Tensor self, double other) => self.masked_fill(condition.logical_not(), other);
    public static Tensor Zeros(long[] size, ScalarType? dtype = null, Device? device = null) => torch.zeros(size, dtype, device);
    public static Tensor Ones(long[] size, ScalarType? dtype = null, Device? device = null) => torch.ones(size, dtype, device);
    public static Tensor Full(long[] size, Scalar fillValue, ScalarType? dtype = null, Device? device = null) => torch.full(size, fillValue, dtype, device);
    public static Tensor Empty(long[] size, ScalarType? dtype = null, Device? device = null) => torch.empty(size, dtype, device);
    public static Tensor Arange(Scalar start, Scalar end, ScalarType? dtype = null, Device? device = null) => torch.arange(start, end, dtype, device);
    public static Tensor Arange(Scalar start, Scalar end, Scalar step, ScalarType? dtype = null, Device? device = null) => torch.arange(start, end, step, dtype, device);
    public static Tensor Eye(long n, ScalarType? dtype = null, Device? device = null) => torch.eye(n, dtype: dtype, device: device);
}
