# shellcheck shell=bash
# Distributions that are counted: one look at the data, and no gradient.

section_counts() {
    local bits=(--data mnist-binarized --seed 1)
    title "Distributions without a network" "They are fitted by counting, EM or in closed form, without gradients, and every answer is exact. The data is binarised MNIST unless stated otherwise."
    learn independent independent "${bits[@]}"
    show independent "Digits with independent pixels: each is white as often as in the data, but there are no strokes" sample @independent -n 36 --noise -o %
    learn markov-chain markov-chain "${bits[@]}"
    show markov-chain "Digits in which each pixel depends only on the one to its left: dashes, but no shape" sample @markov-chain -n 36 --noise -o %
    learn ar-table ar-table "${bits[@]}" --set order=12
    show ar-table "Digits in which each pixel depends on the twelve before it: longer dashes, and noise after twelve-pixel patterns that never occur in the data" sample @ar-table -n 36 --noise -o %
    learn chow-liu chow-liu "${bits[@]}"
    show chow-liu "Digits from a Chow–Liu tree, in which each pixel depends on one other pixel, chosen by mutual information: strokes appear" sample @chow-liu -n 36 --noise -o %
    learn private-tree private-tree "${bits[@]}" --set epsilon=10
    show private-tree "Digits from a tree of pixels learned with differential privacy (ε = 10)" sample @private-tree -n 36 --noise -o %
    learn joint-table joint-table --data debd/nltcs --seed 1
    show joint-table "Answers to a survey of sixteen yes/no questions, real and sampled from the joint table of all 65,536 possible answers: first two principal components, and t-SNE" evaluate @joint-table --metric mmd --limit 200 --map %
    learn class-conditional class-conditional --data mnist --protocol threshold --seed 1
    show class-conditional "Threes by naive Bayes: the class has a shape, but the pixels within it are independent" sample @class-conditional --class 3 -n 36 --noise -o %
    learn gaussian gaussian --data fashion-mnist --protocol reals --size 14 --seed 1
    show gaussian "Lower halves of Fashion-MNIST images, sampled from a Normal distribution given the upper half: the original, the upper half, and six completions" complete @gaussian --data fashion-mnist --given top --count 8 -n 6 -o %
    learn bernoulli-mixture bernoulli-mixture "${bits[@]}" --set components=100
    show bernoulli-mixture "Lower halves of digits, sampled from a mixture of 100 components given the upper half: the original, the upper half, and six completions" complete @bernoulli-mixture --data mnist-binarized --split validation --given top --count 8 -n 6 -o %
}
