// The bowl that the loss is over the nine weights, its slopes, and a step of gradient descent on it; the map of a kernel.
export const SIDE = 3;

/** L(k) = (k − k*)ᵀ A (k − k*): the mean squared difference of the two maps. */
export function lossOf({ gram, hidden }, kernel) {
  const away = kernel.map((weight, index) => weight - hidden[index]);
  return away.reduce((total, one, i) => total + one * away.reduce((sum, other, j) => sum + gram[9 * i + j] * other, 0), 0);
}

/** ∇L = 2 A (k − k*). */
export function slopesOf({ gram, hidden }, kernel) {
  return kernel.map((_, i) => 2 * kernel.reduce((sum, weight, j) => sum + gram[9 * i + j] * (weight - hidden[j]), 0));
}

/** As torch.optim.SGD: v ← μ v + ∇L, k ← k − η v. */
export function stepped(bowl, { kernel, velocity }, rate, momentum) {
  const slopes = slopesOf(bowl, kernel);
  const moved = velocity.map((speed, index) => momentum * speed + slopes[index]);
  return { kernel: kernel.map((weight, index) => weight - rate * moved[index]), velocity: moved };
}

/** The map of a kernel over an image of rows × columns, without padding. */
export function mapOf(image, [rows, columns], kernel) {
  const [high, wide] = [rows - SIDE + 1, columns - SIDE + 1];
  const found = new Float32Array(high * wide);
  for (let row = 0; row < high; row++)
    for (let column = 0; column < wide; column++) {
      let sum = 0;
      for (let i = 0; i < SIDE; i++) for (let j = 0; j < SIDE; j++) sum += kernel[SIDE * i + j] * image[(row + i) * columns + column + j];
      found[row * wide + column] = sum;
    }
  return found;
}

/** Whether every weight is theirs, to within a twentieth of the largest of them. */
export function isFound({ hidden }, kernel) {
  const most = Math.max(...hidden.map(Math.abs)) / 20;
  return kernel.every((weight, index) => Math.abs(weight - hidden[index]) <= most);
}
