# Tables, trees and Gaussians: fitted in closed form or by EM.

section_trees() {
    begin trees "Tables and trees" "Counted in one pass over the training split. The published values are those of the twenty data sets' literature (Gens and Domingos 2013 and after)."
    measure trees 6.759 chow-liu debd/nltcs
    measure trees 16.524 chow-liu debd/plants
    measure trees 44.374 chow-liu debd/baudio
    for data in debd/nltcs debd/plants debd/baudio; do
        measure trees – markov-chain "$data"
        measure trees – ar-table "$data" --set order=4
        measure trees – independent "$data"
    done
    measure trees 168.95 bernoulli-mixture mnist-binarized --set components=10
    measure trees – chow-liu mnist-binarized
    end trees
}

section_gaussian() {
    begin gaussian "Gaussians and their mixtures" "Densities in each fold's standardised space. Published: Uria, Murray and Larochelle 2013; beside the mixtures stands their mixture of factor analysers."
    local whole=whole-
    folds gaussian 13.18 gaussian uci/red-wine
    folds gaussian 10.85 gaussian uci/parkinsons
    folds gaussian 10.19 gaussian-mixture uci/red-wine
    folds gaussian 1.99 gaussian-mixture uci/parkinsons
    end gaussian
}
